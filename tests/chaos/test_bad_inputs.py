"""The short form of `python -m scripts.bad_inputs`, and that it would notice."""

import asyncio
import json

import httpx
import pytest

from benchmarks.tree import Holding
from scripts.bad_inputs import conversations
from scripts.bad_inputs.attack import Server, attack, faults_at_rest
from scripts.bad_inputs.case import Case, Ending, chance_of, message
from scripts.bad_inputs.client import Outcome, send
from scripts.bad_inputs.examination import Plan, examine, under_attack
from scripts.bad_inputs.families import FAMILIES, case_of
from scripts.bad_inputs.frames import CLOSE, TEXT, Frames, frame
from scripts.bad_inputs.judge import fault_of
from scripts.bad_inputs.sounds import sounds
from scripts.bad_inputs.world import world_of

ERROR = json.dumps({"error": {"message": "No.", "type": "invalid_request_error", "param": None, "code": "no"}}).encode()
HEADERS = {"x-request-id": "req_1"}


@pytest.mark.slow
async def test_a_few_hundred_bad_inputs_are_answered_and_leave_nothing():
    async with under_attack(None) as (server, world):
        findings = await examine(server, world, Plan(count=300, warm_up=100))
    assert findings.faults == (), findings.tally.table().markdown()
    assert sum(counts["sent"] for counts in findings.tally.outcomes.values()) == 300
    assert len(findings.tally.outcomes) == len(FAMILIES)


@pytest.fixture
def world(server_url):
    document, models = (httpx.get(f"{server_url}{path}").json() for path in ("/openapi.json", "/v1/models"))
    return world_of(document, models, sounds(), ours=True)


def test_every_route_is_attacked_and_the_same_number_makes_the_same_input(world):
    described = {(route.method, route.path) for route in world.routes}
    assert {("POST", "/v1/audio/speech"), ("DELETE", "/v1/models/{model_id}"), ("GET", "/")} <= described
    sent = b"".join(b"".join(case_of(7, number, world).sent) for number in range(3_000))
    for method, path in described:
        assert f"{method} {path.partition('{')[0]}".encode() in sent, path
    assert [case_of(7, number, world) for number in range(50)] == [case_of(7, number, world) for number in range(50)]


def test_a_server_of_somebody_elses_is_not_changed(server_url):
    document, models = (httpx.get(f"{server_url}{path}").json() for path in ("/openapi.json", "/v1/models"))
    theirs = world_of(document, models, {}, ours=False)
    assert not [route for route in theirs.routes if route.method != "GET" and "models" in route.path]


@pytest.mark.parametrize(
    ("outcome", "fault"),
    [
        (Outcome(timed_out=True), "no answer in time"),
        (Outcome(closed=True), "closed without an answer"),
        (Outcome(200, HEADERS, closed=True), "broken off after 200"),
        (Outcome(500, HEADERS, bytearray(ERROR), complete=True), "status 500"),
        (Outcome(502, HEADERS, bytearray(ERROR), complete=True), "status 502"),
        (Outcome(200, {}, complete=True), "status 200 without x-request-id"),
        (Outcome(400, HEADERS, bytearray(b'{"detail": "no"}'), complete=True), "status 400 without OpenAI's envelope"),
        (Outcome(503, HEADERS, bytearray(b"busy"), complete=True), "status 503 without OpenAI's envelope"),
        (
            Outcome(503, HEADERS, bytearray(ERROR.replace(b'"no"', b'"engine_crashed"')), complete=True),
            "status 503, engine_crashed",
        ),
        (Outcome(503, HEADERS, bytearray(ERROR), complete=True), None),
        (Outcome(400, HEADERS, bytearray(ERROR), complete=True), None),
        (Outcome(200, HEADERS, complete=True), None),
    ],
)
def test_the_judge_knows_right_from_wrong(outcome, fault):
    assert fault_of(Case("any", (b"",)), outcome) == fault


def test_a_client_that_never_asked_properly_may_be_shown_the_door_and_one_that_left_is_owed_nothing():
    assert fault_of(Case("any", (b"",), Ending.HALF_CLOSE, is_http=False), Outcome(closed=True)) is None
    assert fault_of(Case("any", (b"",), is_http=False), Outcome(400, {}, bytearray(b"Invalid"), complete=True)) is None
    assert fault_of(Case("any", (b"",), Ending.RESET), Outcome()) is None
    assert fault_of(Case("any", (b"",), Ending.HALF_CLOSE, is_http=False), Outcome(timed_out=True)) == "no answer in time"


ODD = frame(b"{}")


def told(*frames):
    """What came on a WebSocket: without masks, as servers send it."""
    outcome = Outcome(101, frames=Frames())
    for opcode, payload in frames:
        outcome.failure = outcome.failure or outcome.frames.feed(bytes([opcode, len(payload)]) + payload)
    return outcome


@pytest.mark.parametrize(
    ("frames", "fault"),
    [
        ([(TEXT, b'{"type": "session.created"}'), (CLOSE, b"\x03\xe8")], None),
        ([(CLOSE, b"\x03\xf0")], None),
        ([(CLOSE, b"\x03\xf3")], "closed with 1011"),
        ([(TEXT, b'{"type": "session.created"}')], "closed without a closing frame"),
        ([(TEXT, b"hello")], "no event: b'hello'"),
        ([(0x82, b"{}")], "a frame of the kind 0x82"),
        ([(TEXT, b'{"type": "error", "error": {"event_id": null}}')], "an error event without OpenAI's fields"),
    ],
)
def test_the_judge_knows_what_a_conversation_may_be_told(frames, fault):
    assert fault_of(Case("any", (ODD,), is_socket=True), told(*frames)) == fault


async def test_whatever_is_said_in_a_conversation_is_answered_until_the_client_ends_it(server_url):
    port = httpx.URL(server_url).port
    case = conversations.events(chance_of(0, 1), None)
    said = (frame(b"hello"), frame(b'{"type": "input_audio_buffer.commit"}'), case.sent[-1])
    outcome = await send("127.0.0.1", port, Case("any", (case.sent[0], *said), is_socket=True), 30)
    assert fault_of(case, outcome) is None
    assert outcome.frames.closed_with == 1000
    codes = [error["code"] for error in outcome.frames.errors]
    assert codes == ["invalid_json", "input_audio_buffer_commit_empty", "item_retrieve_invalid_item_id"]


def test_what_is_left_behind_or_went_wrong_unseen_is_a_fault():
    metrics = """
voxhelm_model_leases{model="a"} 1.0
voxhelm_queue_depth{model="a"} 0.0
voxhelm_http_requests_in_flight 1.0
voxhelm_http_requests_total{method="POST",route="x",status="500"} 2.0
voxhelm_http_requests_total{method="POST",route="x",status="503"} 2.0
voxhelm_model_crashes_total{model="a"} 1.0
"""
    found = [fault.what for fault in faults_at_rest(metrics, Holding(processes=1, threads=5))]
    assert len(found) == 4
    assert found[-1] == "1 processes"
    assert not any("503" in what or "in_flight" in what or "depth" in what for what in found)


async def test_an_attack_on_a_server_that_fails_is_full_of_faults(world):
    async def fail(reader, writer):
        try:
            await reader.readuntil(b"\r\n")
            writer.write(b"HTTP/1.1 500 Sorry\r\ncontent-length: 5\r\n\r\nSorry")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # one of those that leave
        finally:
            writer.close()

    async with await asyncio.start_server(fail, "127.0.0.1", 0) as failing:
        port = failing.sockets[0].getsockname()[1]
        tally = await attack(Server("127.0.0.1", port, None), world, 0, range(40), 2)
    assert {fault.what for fault in tally.faults} >= {"status 500"}
    assert any(fault.family == "health" for fault in tally.faults)


async def test_an_answer_is_read_to_its_end_whatever_its_framing(server_url):
    port = httpx.URL(server_url).port
    whole = await send("127.0.0.1", port, Case("any", (message("GET", "/health", b""),)), 30)
    assert (whole.status, whole.complete, bytes(whole.body)) == (200, True, b'{"status":"ok"}')
    head = await send("127.0.0.1", port, Case("any", (message("HEAD", "/health", b""),), method="HEAD"), 30)
    assert (head.status, head.complete) == (405, True)
    body = json.dumps({"input": "Hi.", "response_format": "pcm", "model": "fake-speech", "voice": "tone"}).encode()
    chunked = await send("127.0.0.1", port, Case("any", (message("POST", "/v1/audio/speech", body),)), 30)
    assert (chunked.status, chunked.complete) == (200, True)
