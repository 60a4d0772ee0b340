"""Topics over HTTP and as pages: what is shown, what leads where, and what hostile ids and words cannot do."""

from urllib.parse import quote

from flask.testing import FlaskClient
from lxml import html

V1 = "/api/v1"


def text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return " ".join(" ".join(html.fromstring(answer.data).itertext()).split())


def test_topics_come_with_the_broader_one_before_its_parts(client: FlaskClient) -> None:
    answer = client.get(f"{V1}/topics?run=topics").json
    assert [item["id"] for item in answer["items"]] == ["t-all", "t-quake"]
    assert answer["total"] == 2
    assert answer["items"][1]["words"] == ["tsunami", "wave"]
    assert client.get(f"{V1}/topics?run=topics&limit=1").json["next"]
    assert [item["id"] for item in client.get(f"{V1}/topics?q=officials").json["items"]] == ["t-quake"]
    assert client.get(f"{V1}/topics?q=nothing-like-this").json["items"] == []


def test_one_topic_tells_what_sets_collections_apart(client: FlaskClient) -> None:
    answer = client.get(f"{V1}/topics/t-quake").json
    assert [part["name"] for part in answer["collections"]] == ["Example News", "Radio One"]
    assert [word["value"] for word in answer["collections"][0]["apart"]] == ["struck"]
    assert [word["value"] for word in answer["collections"][0]["fields"]["words"]] == ["struck", "wave"]
    assert [event["subject"] for event in answer["events"]] == ["quake"]
    assert sum(one["objects"] for one in answer["timeline"]) >= 3
    assert answer["examples"][0] == {"object": "story", "weight": 0.9, "reason": "says tsunami"}


def test_shares_lead_both_ways(client: FlaskClient) -> None:
    about = [share["subject"] for share in client.get(f"{V1}/topics/t-quake/shares?about=object").json["items"]]
    assert sorted(about) == ["photo", "story", "talk"]
    assert client.get(f"{V1}/topics/t-quake/shares").json["total"] == 4
    assert client.get(f"{V1}/topics/t-quake/shares?about=source").status_code == 400
    assert [share["topic"] for share in client.get(f"{V1}/objects/photo/topics").json["items"]] == ["t-quake"]
    assert [share["topic"] for share in client.get(f"{V1}/events/quake/topics").json["items"]] == ["t-quake"]
    for address in ("topics/nobody", "topics/nobody/shares", "objects/nobody/topics", "events/nobody/topics"):
        assert client.get(f"{V1}/{address}").status_code == 404


def test_a_topic_that_is_gone_says_what_it_went_into_and_its_page_leads_there(client: FlaskClient) -> None:
    assert "it went into t-quake" in client.get(f"{V1}/topics/t-old").json["detail"]
    answer = client.get("/topics/t-old")
    assert (answer.status_code, answer.location) == (302, "/topics/t-quake")
    assert client.get("/topics/nobody").status_code == 404


def test_runs_and_changes(client: FlaskClient) -> None:
    runs = client.get(f"{V1}/topic-runs").json["items"]
    assert "topics" in {run["run"] for run in runs}
    assert all("state" not in run for run in runs)
    changes = client.get(f"{V1}/topic-changes?run=topics").json["items"]
    assert changes == [
        {"run": "topics", "fit": 2, "change": "merged", "before": ["t-old", "t-quake"], "after": ["t-quake"]}
    ]


def test_the_page_of_a_topic_shows_words_collections_media_and_events(client: FlaskClient) -> None:
    shown = text(client, "/topics/t-quake")
    for words in (
        "tsunami, wave · Japan", "What all say", "What sets each apart", "Example News", "struck", "Radio One",
        "Earthquake off Japan", "Recordings", "Clips", "Sendai was hit by a tsunami.", "Quake strikes Japan",
    ):  # fmt: skip
        assert words in shown
    page = html.fromstring(client.get("/topics/t-quake").data)
    assert page.xpath("//figure[@class='strip']/svg/g/rect")
    assert page.xpath("//a[@href='/topics/t-all']")
    assert not page.xpath("//a[starts-with(@href, 'javascript')]")


def test_topics_are_reached_from_events_objects_and_the_list(client: FlaskClient) -> None:
    for address in ("/topics", "/events/quake", "/objects/photo", "/topics/t-all", "/objects?topic=t-quake"):
        assert html.fromstring(client.get(address).data).xpath("//a[@href='/topics/t-quake']"), address
    assert "Flooded street" in text(client, "/objects?topic=t-quake")
    assert "A drawing" not in text(client, "/objects?topic=t-quake")
    assert client.get("/objects?topic=nobody").status_code == 404


def test_hostile_ids_and_words_stay_words(client: FlaskClient, hostile_id: str, attack: str) -> None:
    name = quote(hostile_id, safe="")
    for address in (f"/topics/{name}", "/topics", f"/objects/{name}", f"/events/{name}"):
        page = html.fromstring(client.get(address).data)
        assert not page.xpath("//script[not(@src)]")
        assert not page.xpath("//img[@onerror]")
    assert attack in text(client, f"/topics/{name}")
    assert client.get(f"{V1}/topics/{name}").json["id"] == hostile_id
    assert client.get(f"{V1}/topics/{name}/shares").json["total"] == 2
