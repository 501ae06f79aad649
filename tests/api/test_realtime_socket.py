"""/v1/realtime by WebSocket: who gets in, what is refused, and what becomes of clients that misbehave or drop."""

import base64
import json
import subprocess
import sys

import httpx
import pytest
from openai import AsyncOpenAI, OpenAI
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.api.realtime_client import RATE_HZ, spoken, talking, types
from tests.conftest import running_server

SITE = "https://chat.example"
LARGE_BYTES = 1024**2


def refusal(url, query="", path="/v1/realtime", **options):
    """How a handshake is refused: the status, the code, and the headers."""
    with pytest.raises(InvalidStatus) as refused, talking(url, query, path, **options):
        pass
    answer = refused.value.response
    return answer.status_code, json.loads(answer.body)["error"]["code"], answer.headers


def closed(talk):
    """With which code and why the server closes."""
    with pytest.raises(ConnectionClosed) as over:
        while True:
            talk.next()
    assert over.value.rcvd is not None
    return over.value.rcvd.code, over.value.rcvd.reason


def token_of(created):
    return created["session"]["voxhelm"]["resume_token"]


@pytest.fixture(scope="module")
def key_file(tmp_path_factory):
    return tmp_path_factory.mktemp("keys") / "keys.yaml"


@pytest.fixture(scope="module")
def keys(key_file):
    def create(*arguments):
        command = [sys.executable, "-m", "voxhelm", "keys", "create", *arguments, "--file", str(key_file)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    return {"talker": create("talker"), "hearer": create("hearer", "--scope", "transcription")}


@pytest.fixture(scope="module")
def box(keys, key_file, tmp_path_factory):
    """A server that asks for keys."""
    with running_server(tmp_path_factory.mktemp("box"), VOXHELM_IDENTITY__KEY_FILES=f'["{key_file}"]') as server:
        yield server


# What the official client that waits does with its library is its own affair.
its_own_affair = pytest.mark.filterwarnings("ignore:connect\\(\\) must be used as a context manager:DeprecationWarning")


# --- the official client


async def test_the_official_client_talks_and_is_answered(server_url):
    async with (
        AsyncOpenAI(base_url=f"{server_url}/v1", api_key="not-needed") as client,
        client.realtime.connect(model="gpt-realtime") as connection,
    ):
        created = await connection.recv()
        assert (created.type, created.session.type) == ("session.created", "realtime")
        await connection.session.update(session={"type": "realtime", "instructions": "Be brief."})
        await connection.conversation.item.create(
            item={"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Good morning."}]}
        )
        await connection.response.create()
        events = []
        async for event in connection:
            events.append(event)
            if event.type == "response.done":
                break
    assert [event.type for event in events if event.type == "error"] == []
    done = events[-1].response
    assert done.status == "completed"
    assert "morning" in done.output[0].content[0].transcript.lower()
    sound = b"".join(base64.b64decode(event.delta) for event in events if event.type == "response.output_audio.delta")
    assert len(sound) > RATE_HZ // 2


@its_own_affair
def test_the_official_client_that_waits_talks_too(server_url):
    with (
        OpenAI(base_url=f"{server_url}/v1", api_key="not-needed") as client,
        client.realtime.connect(model="auto") as connection,
    ):
        assert connection.recv().type == "session.created"


@its_own_affair
def test_a_client_secret_brings_its_session(box, keys):
    with OpenAI(base_url=f"{box.url}/v1", api_key=keys["talker"]) as minting:
        session = {"type": "realtime", "model": "echo", "instructions": "You sell tea.", "output_modalities": ["text"]}
        made = minting.realtime.client_secrets.create(session=session)
    with OpenAI(base_url=f"{box.url}/v1", api_key=made.value) as client:
        for _ in range(2):
            with client.realtime.connect() as connection:
                began = connection.recv().session
                assert (began.model, began.instructions) == ("echo", "You sell tea.")
                assert began.output_modalities == ["text"]
                assert began.id != made.session.id


# --- who gets in


@pytest.mark.parametrize("path", ["/v1/realtime", "/realtime", "/v1/v1/realtime"])
def test_base_urls_work_with_their_prefix_and_without_it(server_url, path):
    with talking(server_url, path=path) as talk:
        assert talk.next()["type"] == "session.created"


def test_a_key_is_shown_in_a_header_or_as_a_protocol_and_realtime_is_what_is_chosen(box, keys):
    for headers in ({"authorization": f"Bearer {keys['talker']}"}, {"x-api-key": keys["talker"]}):
        with talking(box.url, additional_headers=headers) as talk:
            assert talk.next()["type"] == "session.created"
            assert talk.socket.subprotocol is None
            assert talk.socket.response.headers["x-request-id"].startswith("req_")
    offered = ["realtime", f"openai-insecure-api-key.{keys['talker']}", "openai-agents-sdk.0.20.0"]
    with talking(box.url, subprotocols=offered) as talk:
        assert talk.socket.subprotocol == "realtime"
        assert talk.next()["type"] == "session.created"


def test_who_is_refused_is_told_in_http_before_there_is_a_socket(box, keys):
    assert refusal(box.url)[:2] == (401, "invalid_api_key")
    offered = ["realtime", "openai-insecure-api-key.vh-nobody"]
    status, code, headers = refusal(box.url, subprotocols=offered)
    assert (status, code, headers["www-authenticate"]) == (401, "invalid_api_key", "Bearer")
    assert headers["x-request-id"]
    assert refusal(box.url, f"?api_key={keys['talker']}")[:2] == (401, "invalid_api_key")
    hearer = {"authorization": f"Bearer {keys['hearer']}"}
    assert refusal(box.url, additional_headers=hearer)[:2] == (403, "insufficient_scope")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?model=nobody-at-all", (404, "model_not_found")),
        ("?intent=conquest", (400, "invalid_value")),
        (f"?model={'m' * 300}", (400, "invalid_value")),
        ("?call_id=rtc_none", (404, "session_not_found")),
        ("?resume=nothing", (404, "session_not_found")),
    ],
)
def test_what_cannot_be_is_refused_in_http(server_url, query, expected):
    assert refusal(server_url, query)[:2] == expected


def test_a_socket_to_where_nothing_is_gets_404_and_not_403(server_url):
    assert refusal(server_url, path="/openai/realtime")[:2] == (404, "not_found")


def test_pages_of_other_sites_do_not_get_at_a_server_without_keys(server_url):
    assert refusal(server_url, origin="https://evil.example")[:2] == (403, "insufficient_scope")
    assert refusal(server_url, origin="null")[:2] == (403, "insufficient_scope")
    with talking(server_url, origin=server_url) as talk:
        assert talk.next()["type"] == "session.created"
    made = httpx.post(f"{server_url}/v1/realtime/client_secrets", json={}).json()["value"]
    with talking(server_url, origin=SITE, subprotocols=["realtime", f"openai-insecure-api-key.{made}"]) as talk:
        assert talk.next()["type"] == "session.created"


def test_pages_of_named_sites_do(tmp_path):
    with running_server(tmp_path, VOXHELM_SERVER__ALLOW_ORIGINS=f'["{SITE}"]') as server, talking(server.url, origin=SITE) as talk:
        assert talk.next()["type"] == "session.created"
        assert refusal(server.url, origin="https://other.example")[:2] == (403, "insufficient_scope")


# --- places


def test_who_comes_when_all_places_are_taken_waits_and_is_told_when_to_come_back(tmp_path):
    settings = {"VOXHELM_REALTIME__MAX_SESSIONS": "1", "VOXHELM_REALTIME__WAITING_SECONDS": "0.2"}
    with running_server(tmp_path, **settings) as server:
        with talking(server.url) as talk:
            talk.next()
            status, code, headers = refusal(server.url)
            assert (status, code) == (429, "sessions_full")
            assert int(headers["retry-after"]) >= 1
        # The first one has said goodbye: its place is free at once.
        with talking(server.url) as talk:
            assert talk.next()["type"] == "session.created"


def test_a_place_that_gets_free_is_given_to_who_waits(tmp_path):
    settings = {"VOXHELM_REALTIME__MAX_SESSIONS": "1", "VOXHELM_REALTIME__WAITING_SECONDS": "60"}
    with running_server(tmp_path, **settings) as server:
        command = [sys.executable, "-c", WAITING, server.url.replace("http", "ws") + "/v1/realtime"]
        with begun(command) as first:
            assert first.stdout.readline() == "session.created\n"
            with begun(command) as second:
                while "voxhelm_realtime_sessions_waiting 1.0" not in httpx.get(f"{server.url}/metrics").text:
                    pass
                # Who does not want to wait any more gives its turn up.
                with begun(command) as third:
                    while "voxhelm_realtime_sessions_waiting 2.0" not in httpx.get(f"{server.url}/metrics").text:
                        pass
                    third.kill()
                while "voxhelm_realtime_sessions_waiting 1.0" not in httpx.get(f"{server.url}/metrics").text:
                    pass
                first.stdin.close()
                assert second.stdout.readline() == "session.created\n"
                second.stdin.close()


def begun(command):
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


WAITING = """
import json, sys
from websockets.sync.client import connect
with connect(sys.argv[1], open_timeout=60) as socket:
    print(json.loads(socket.recv())["type"], flush=True)
    sys.stdin.read()
"""


# --- what is said


def test_frames_may_be_binary(server_url):
    with talking(server_url) as talk:
        talk.socket.send(json.dumps({"type": "session.update", "session": {"type": "realtime"}}).encode())
        assert talk.until("session.updated")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"type": "hello"}', '{"type": 7}', "[" * 100_000])
def test_what_is_no_event_is_an_error_and_the_session_goes_on(server_url, text):
    with talking(server_url) as talk:
        talk.socket.send(text)
        error = talk.until("error")[-1]["error"]
        assert error["message"]
        assert error["code"]
        talk.say("session.update", session={"type": "realtime"})
        assert talk.until("session.updated")


def test_an_event_as_large_as_may_be_is_taken_and_a_larger_one_closes(server_url):
    sound = base64.b64encode(bytes(15 * LARGE_BYTES)).decode()
    with talking(server_url) as talk:
        talk.say("session.update", session={"type": "realtime", "audio": {"input": {"turn_detection": None}}})
        talk.until("session.updated")
        talk.say("input_audio_buffer.append", audio=sound)
        talk.say("input_audio_buffer.clear")
        talk.until("input_audio_buffer.cleared")
        talk.socket.send("x" * (21 * LARGE_BYTES + 1))
        assert closed(talk)[0] == 1009


def test_text_that_is_no_utf_8_closes(server_url):
    with talking(server_url) as talk:
        talk.next()
        talk.socket.send(b"\xff\xfe", text=True)
        assert closed(talk)[0] == 1007


def test_a_flood_is_slowed_down_and_told_and_nothing_of_it_is_lost(server_url):
    with talking(server_url) as talk:
        for _ in range(10_500):
            talk.socket.send('{"type": "input_audio_buffer.clear"}')
        talk.say("session.update", session={"type": "realtime"})
        events = [talk.next()]
        while events[-1]["type"] != "session.updated":
            events.append(talk.next())
    assert types(events).count("input_audio_buffer.cleared") == 10_500
    assert [event["error"]["code"] for event in events if event["type"] == "error"] == ["rate_limit_exceeded"]


def test_a_client_that_does_not_read_is_closed_and_may_come_back(server_url):
    with talking(server_url, max_queue=1) as talk:
        created = talk.next()
        talk.say("session.update", session={"type": "realtime", "audio": {"input": {"turn_detection": None}}})
        talk.say("input_audio_buffer.append", audio=base64.b64encode(bytes(LARGE_BYTES)).decode())
        talk.say("input_audio_buffer.commit")
        item_id = talk.until("conversation.item.done")[-1]["item"]["id"]
        try:
            for _ in range(200):
                talk.say("conversation.item.retrieve", item_id=item_id)
        except ConnectionClosed:
            pass  # the server need not take all of them
        code, reason = closed(talk)
    assert (code, "does not read" in reason) == (1008, True)
    with talking(server_url, f"?resume={token_of(created)}") as talk:
        talk.say("conversation.item.retrieve", item_id=item_id)
        assert talk.until("conversation.item.retrieved")


# --- transcription


def test_a_transcription_writes_down_what_is_said_and_answers_nothing(server_url, clip):
    with talking(server_url, "?intent=transcription") as talk:
        assert talk.next()["session"]["type"] == "transcription"
        talk.say("session.update", session={"type": "transcription", "audio": {"input": {"turn_detection": None}}})
        talk.append(spoken(clip))
        talk.say("input_audio_buffer.commit")
        events = talk.until("conversation.item.input_audio_transcription.completed")
    assert events[-1]["transcript"]
    assert not [kind for kind in types(events) if kind.startswith("response.")]


# --- coming back


def test_a_client_that_drops_comes_back_to_its_conversation_and_hears_what_it_missed(server_url):
    with talking(server_url) as talk:
        created = talk.next()
        talk.say("session.update", session={"type": "realtime", "output_modalities": ["text"]})
        events = talk.ask("Good morning.")
        seen = events[types(events).index("response.created")]
        talk.drop()
    missed = events[events.index(seen) + 1 :]
    with talking(server_url, f"?resume={token_of(created)}&after={seen['event_id']}") as talk:
        assert [talk.next() for _ in missed] == missed
        item_id = missed[-1]["response"]["output"][0]["id"]
        talk.say("conversation.item.retrieve", item_id=item_id)
        assert talk.until("conversation.item.retrieved")[-1]["item"]["content"][0]["text"]
        assert [event["type"] for event in talk.ask("And again.") if event["type"] == "response.done"]


def test_a_second_connection_takes_the_session_over(server_url):
    with talking(server_url) as first:
        created = first.next()
        with talking(server_url, f"?resume={token_of(created)}") as second:
            assert second.next()["session"]["id"] == created["session"]["id"]
            assert closed(first)[0] == 1000
            second.say("session.update", session={"type": "realtime"})
            second.until("session.updated")


def test_a_session_that_was_ended_is_over(server_url):
    with talking(server_url) as talk:
        created = talk.next()
    assert refusal(server_url, f"?resume={token_of(created)}")[:2] == (404, "session_not_found")


def test_a_server_that_stops_hands_its_sessions_over_to_the_next(tmp_path):
    settings = {"VOXHELM_REALTIME__HAND_OVER_DIRECTORY": str(tmp_path / "sessions")}
    with running_server(tmp_path, **settings) as server, talking(server.url) as talk:
        created = talk.next()
        talk.say("session.update", session={"type": "realtime", "output_modalities": ["text"], "instructions": "Be brief."})
        answered = talk.ask("Good morning.")[-1]
        server.process.terminate()
        assert closed(talk)[0] == 1012
    with (
        running_server(tmp_path, **settings) as next_server,
        talking(next_server.url, f"?resume={token_of(created)}&after={answered['event_id']}") as talk,
    ):
        talk.say("session.update", session={"type": "realtime"})
        session = talk.until("session.updated")[-1]["session"]
        assert (session["id"], session["instructions"]) == (created["session"]["id"], "Be brief.")
        talk.say("conversation.item.retrieve", item_id=answered["response"]["output"][0]["id"])
        assert talk.until("conversation.item.retrieved")


# --- what operators see


def test_neither_keys_nor_tokens_are_logged(tmp_path):
    (tmp_path / "keys").write_text("page: a-secret-of-the-page\n")
    with running_server(tmp_path, VOXHELM_IDENTITY__KEY_FILES=f'["{tmp_path / "keys"}"]', VOXHELM_LOG__LEVEL="debug") as server:
        headers = {"authorization": "Bearer a-secret-of-the-page"}
        secret = httpx.post(f"{server.url}/v1/realtime/client_secrets", json={}, headers=headers).json()["value"]
        offered = ["realtime", f"openai-insecure-api-key.{secret}"]
        with talking(server.url, subprotocols=offered) as talk:
            token = token_of(talk.next())
            talk.drop()
        with talking(server.url, f"?resume={token}", subprotocols=offered) as talk:
            talk.next()
        assert refusal(server.url, "?api_key=a-secret-of-the-page")[0] == 401
    log = (tmp_path / "server.log").read_text()
    assert "/v1/realtime" in log
    assert not [known for known in ("a-secret-of-the-page", secret, token) if known in log]


def test_sockets_are_counted_by_route_and_status(server_url):
    with talking(server_url) as talk:
        talk.next()
    refusal(server_url, "?intent=conquest")
    text = httpx.get(f"{server_url}/metrics").text
    assert 'voxhelm_http_requests_total{method="WEBSOCKET",route="/v1/realtime",status="101"}' in text
    assert 'voxhelm_http_requests_total{method="WEBSOCKET",route="/v1/realtime",status="400"}' in text
