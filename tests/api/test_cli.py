"""The command line at its border: what is asked wrongly gets one clear line and an exit code of its kind."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from api.cli import main
from kg.sqlite import SQLiteStore


@pytest.fixture
def call(tmp_path):
    def run(*arguments: str):
        return CliRunner().invoke(main, [*arguments, "--store", str(tmp_path / "store")])

    return run


def test_without_a_store_reading_says_where_it_looked(call):
    for command in (["events"], ["event", "x"], ["related", "x"], ["search", "x"], ["status"], ["retry"], ["serve"]):
        result = call(*command)
        assert result.exit_code == 3, (command, result.output)
        assert "no store" in result.output


def test_what_is_not_there_is_named(call, tmp_path):
    SQLiteStore(tmp_path / "store").close()
    assert call("event", "nobody").exit_code == 3
    assert "'nobody'" in call("event", "nobody").output
    assert "'nobody'" in call("related", "nobody").output
    assert call("remove", "nobody").exit_code == 2
    missing = call("build", str(tmp_path / "nowhere"))
    assert missing.exit_code == 3
    assert "nowhere" in missing.output


def test_a_search_takes_exactly_one_kind_of_query(call, tmp_path):
    SQLiteStore(tmp_path / "store").close()
    for arguments in ([], ["words", "--object", "x"], ["--object", "x", "--file", "y"]):
        result = call("search", *arguments)
        assert result.exit_code == 2
        assert "give one of" in result.output


def test_an_empty_store_answers_everything(call, tmp_path):
    SQLiteStore(tmp_path / "store").close()
    assert call("events", "--format", "jsonl").output == ""
    assert json.loads(call("events", "--format", "json").output) == []
    assert call("search", "anything at all").exit_code == 0
    status = json.loads(call("status", "--format", "json").output)
    assert status["events"] == 0
    assert status["failures"] == []


def test_views_are_listed_and_a_wrong_name_is_told(call, tmp_path):
    listed = [json.loads(line) for line in call("views", "--format", "jsonl").output.splitlines()]
    assert {"name", "medium", "level", "form", "width", "milliseconds", "standing", "shows"} == set(listed[0])
    assert next(entry["form"] for entry in listed if entry["name"] == "sift-words") == "counts"
    assert "always made" in call("views").output
    wrong = call("build", str(tmp_path), "--views", "lbp,hue")
    assert wrong.exit_code == 2
    assert "no view is called 'hue'" in wrong.output


def test_models_say_name_origin_licence_and_size(call):
    listed = [json.loads(line) for line in call("models", "--format", "jsonl").output.splitlines()]
    names = {entry["name"] for entry in listed}
    assert {"minilm", "efficientnet-lite0", "whisper-tiny", "spacy-en", "silero-vad"} <= names
    for entry in listed:
        assert entry["licence"]
        assert entry["origin"]
        assert entry["size"] > 0
        assert all(len(checksum) == 64 for checksum in entry["files"].values())
    assert "MB" in call("models").output


def test_a_folder_that_is_no_encoder_is_refused(call, tmp_path):
    (tmp_path / "a.txt").write_text("A line that can be read by everybody who reads.")
    result = call("build", str(tmp_path / "a.txt"), "--joint", str(tmp_path / "nothing"), "--quiet")
    assert result.exit_code == 2
    assert "nothing" in result.output


def test_a_port_that_is_taken_is_named(call, tmp_path):
    import socket

    SQLiteStore(tmp_path / "store").close()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = call("serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 4
    assert "--port" in result.output


def test_a_method_that_is_none_is_refused_with_the_names_of_all(call, tmp_path):
    (tmp_path / "a.txt").write_text("A line that can be read by everybody who reads.")
    result = call("build", str(tmp_path / "a.txt"), "--method", "nothing", "--quiet")
    assert result.exit_code == 2
    assert "'nothing'" in result.output
    assert "KernelCCA" in result.output
