"""Whatever is asked, the service answers without a fault: every described address with any text as any parameter."""

from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.resources.health import description

PATHS = sorted(path for path, methods in description()["paths"].items() if "get" in methods)
VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["-1", "0", "1", "1e9", "9" * 40, "nan", "2011-03-11", "2011-03-11T00:00", "0001-01-01", "9999-12-31", "text",
         "char=1,2", "t=1.0,2.0", "xywh=1,2,3,4", "' OR 1=1 --", '" AND *', "NEAR(", "../..", "\x00", "%00", "quake"]
    ),
)  # fmt: skip


@pytest.mark.parametrize("path", [*PATHS, "/", "/objects", "/search", "/failures", "/objects/{object_id}"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(choices=st.data())
def test_no_question_is_a_fault(app: Flask, path: str, choices: Any) -> None:
    described = description()["paths"].get(path, {}).get("get", {}).get("parameters", [])
    names = [parameter["name"] for parameter in described if parameter["in"] == "query"]
    names = names or ["q", "from", "to", "source", "modality", "order", "page", "event", "object", "segment"]
    chosen = choices.draw(st.dictionaries(st.sampled_from(names), VALUES, max_size=3))
    key = choices.draw(
        st.one_of(st.sampled_from(["quake", "story", "photo", "clip"]), st.text(min_size=1, max_size=20))
    )
    address = path.replace("{event_id}", "ID").replace("{object_id}", "ID").replace("ID", quote(key, safe=""))
    answer = app.test_client().get(address, query_string=chosen)
    assert answer.status_code in (200, 304, 308, 400, 404)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=200), kind=st.sampled_from(["multipart/form-data; boundary=a", "multipart/form-data", ""])
)
def test_no_body_is_a_fault(app: Flask, body: bytes, kind: str) -> None:
    for address in ("/search", "/api/v1/search"):
        answer = app.test_client().post(address, data=b"--a\r\n" + body, content_type=kind)
        assert answer.status_code in (200, 400, 413, 415)
