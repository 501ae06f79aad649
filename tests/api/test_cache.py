"""Narrations that are made once, over HTTP."""

import json
import os
import re
import subprocess
import sys

import httpx
import pytest

from tests.conftest import running_server

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("VOXHELM_")}
SPEECH = {"input": "Something that is said again and again.", "model": "espeak-ng", "voice": "en-us"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return {
        "XDG_DATA_HOME": str(tmp_path_factory.mktemp("data")),  # with the same models and voices
        "VOXHELM_CACHE__DIRECTORY": str(tmp_path_factory.mktemp("kept") / "narrations"),
        "VOXHELM_CACHE__LIMIT_BYTES": "10MiB",
        "VOXHELM_MODELS__EXTRA_ENGINES": '["voxhelm.testing.engine:ENGINE"]',
    }


@pytest.fixture(scope="module")
def http(settings, tmp_path_factory):
    with running_server(tmp_path_factory.mktemp("box"), **settings) as server, httpx.Client(base_url=server.url, timeout=60) as one:
        yield one


def said(http, headers=None, **more):
    answer = http.post("/v1/audio/speech", json=SPEECH | more, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.headers["x-voxhelm-cache"], answer


@pytest.mark.parametrize("response_format", ["mp3", "opus", "aac", "flac", "wav", "pcm"])
def test_the_second_time_the_bytes_are_those_of_the_first_though_espeak_never_says_it_twice_alike(http, response_format):
    first, made = said(http, response_format=response_format)
    second, kept = said(http, response_format=response_format)
    assert (first, second) == ("miss", "hit")
    assert kept.content == made.content
    for header in ("content-type", "x-voxhelm-model", "x-voxhelm-voice"):
        assert kept.headers[header] == made.headers[header]


def test_events_come_of_it_too_with_the_same_usage(http):
    def told():
        cache, answer = said(http, stream_format="sse", input="For events.")
        events = [json.loads(line.removeprefix("data: ")) for line in answer.text.splitlines() if line]
        return cache, events[-1]

    (first, made), (second, kept) = told(), told()
    assert (first, second) == ("miss", "hit")
    assert kept == made


@pytest.mark.parametrize(
    "headers", [{"cache-control": "no-store"}, {"cache-control": "max-age=0, No-Store"}, {"x-voxhelm-cache": "off"}]
)
def test_a_request_may_do_without(http, headers):
    text = f"Do without, because of {headers}."
    assert [said(http, headers, input=text)[0] for _ in range(2)] == ["off", "off"]
    assert said(http, input=text)[0] == "miss"


def test_a_wish_that_is_none_is_refused(http):
    answer = http.post("/v1/audio/speech", json=SPEECH, headers={"x-voxhelm-cache": "maybe"})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "x-voxhelm-cache")


def test_what_fails_is_not_kept(http):
    broken = {"model": "fake-speech", "voice": "tone", "input": "This goes well for a while and then it is told to fail-here."}
    for _ in range(2):
        with pytest.raises(httpx.HTTPError):
            http.post("/v1/audio/speech", json=broken)


def test_hits_are_counted_and_the_command_shows_and_clears_what_is_kept(http, settings):
    hits = r'voxhelm_cache_requests_total\{outcome="hit"\} [1-9]'
    # The first is kept when it has been sent; until then others have it from where it was made.
    while not re.search(hits, http.get("/metrics").text):
        said(http, input="Counted.")
    metrics = http.get("/metrics").text
    assert re.search(r"voxhelm_cache_bytes [1-9]", metrics)

    def voxhelm(*arguments):
        command = [sys.executable, "-m", "voxhelm", "cache", *arguments]
        environment = {name: value for name, value in settings.items() if "CACHE" in name}
        return subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT | environment).stdout

    (state,) = json.loads(voxhelm("--json"))
    assert state["narrations"] >= 1
    assert 0 < state["size_bytes"] <= state["limit_bytes"]
    assert voxhelm("clear") == f"{state['narrations']} removed\n"
    assert said(http, input="Counted.")[0] == "miss"


def test_another_server_finds_what_this_one_has_made(http, settings, tmp_path):
    _, made = said(http, input="For the other one.")
    with running_server(tmp_path, **settings) as server, httpx.Client(base_url=server.url, timeout=60) as other:
        cache, kept = said(other, input="For the other one.")
    assert (cache, kept.content) == ("hit", made.content)
