"""Bad input to conversations: events, frames, handshakes and offers."""

import base64
import json
import random
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from scripts.bad_inputs.case import FORM as FORM_TYPE
from scripts.bad_inputs.case import Case, Ending, Headers, damaged, form, in_pieces, message, part
from scripts.bad_inputs.frames import LAST, TEXT, frame
from scripts.bad_inputs.values import odd_header, odd_text, odd_value
from scripts.bad_inputs.world import World

SDP_TYPE: Final = "application/sdp"
PATH: Final = "/v1/realtime"
UPGRADE: Final = (
    ("Upgrade", "websocket"),
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", base64.b64encode(bytes(16)).decode()),
)
BINARY: Final = 0x82
SOUND: Final = base64.b64encode(b"\x00\x20\x00\xe0" * 2_400).decode()
MESSAGE: Final = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello."}]}
SESSION: Final = {
    "type": "realtime",
    "instructions": "Be brief.",
    "output_modalities": ["audio"],
    "tools": [{"type": "function", "name": "f", "parameters": {"type": "object"}}],
    "tool_choice": "auto",
    "max_output_tokens": 100,
    "audio": {
        "input": {
            "format": {"type": "audio/pcm", "rate": 24_000},
            "turn_detection": {"type": "server_vad", "threshold": 0.5, "silence_duration_ms": 200, "prefix_padding_ms": 100},
            "transcription": {"model": "whisper-1", "language": "en"},
            "noise_reduction": {"type": "near_field"},
        },
        "output": {"format": {"type": "audio/pcmu"}, "voice": "alloy", "speed": 1.0},
    },
}
EVENTS: Final[tuple[Mapping[str, Any], ...]] = (
    {"type": "session.update", "session": SESSION},
    {"type": "input_audio_buffer.append", "audio": SOUND},
    {"type": "input_audio_buffer.commit"},
    {"type": "input_audio_buffer.clear"},
    {"type": "conversation.item.create", "item": MESSAGE, "previous_item_id": None},
    {"type": "conversation.item.create", "item": {"type": "function_call_output", "call_id": "call_1", "output": "{}"}},
    {"type": "conversation.item.create", "item": {**MESSAGE, "content": [{"type": "input_audio", "audio": SOUND}]}},
    {"type": "conversation.item.retrieve", "item_id": "item_1"},
    {"type": "conversation.item.truncate", "item_id": "item_1", "content_index": 0, "audio_end_ms": 100},
    {"type": "conversation.item.delete", "item_id": "item_1"},
    {"type": "response.create", "response": {"instructions": "Be kind.", "conversation": "none", "input": [MESSAGE]}},
    {"type": "response.create", "response": {"output_modalities": ["text"]}},
    {"type": "response.cancel", "response_id": "resp_1"},
    {"type": "output_audio_buffer.clear"},
)
ODD_SOUNDS: Final = ("", "A", "AAA", "AAA=", "====", "\u00e4", SOUND[:-3], SOUND + "!", "A" * 400_000)
# What no client that knows the protocol writes.
BROKEN_FRAMES: Final = (
    b"\x81\x05hello",  # no mask
    b"\xf1\x80" + bytes(4),  # reserved bits
    b"\x83\x80" + bytes(4),  # a kind that is none
    b"\x80\x80" + bytes(4),  # goes on with nothing
    b"\x01\x81" + bytes(4) + b"{" + b"\x81\x81" + bytes(4) + b"}",  # begins anew before the end
    b"\x89\xfe\x00\x80" + bytes(4 + 128),  # a ping that is too long
    b"\x09\x80" + bytes(4),  # a ping in parts
    b"\x81\xfe\x00\x05" + bytes(4) + b"hello",  # a length that is longer than it need be
    b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff" + bytes(4),
    b"\x81\xff\x00\x00\x00\x00\x40\x00\x00\x00" + bytes(4) + b"{",
    b"\x81\xfe\x40\x00" + bytes(4) + b'{"type": ',  # and no more comes
    b"\x88\x81" + bytes(4) + b"\x03",  # half a code
    b"\x88\x82" + bytes(4) + b"\x00\x00",
    b"\x88\x84" + bytes(4) + b"\x03\xe8\xff\xfe",
    frame(b"\xff\xfe{}"),
    frame(b"", 0x8A) * 100,
    frame(b"x", 0x89) * 1_000,
)
OFFER: Final = "\r\n".join(
    (
        "v=0",
        "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0 1",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 0",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        "a=ice-ufrag:EsAw",
        "a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1",
        "a=fingerprint:sha-256 " + ":".join(["0F"] * 32),
        "a=setup:actpass",
        "a=mid:0",
        "a=sendrecv",
        "a=rtcp-mux",
        "a=rtpmap:111 opus/48000/2",
        "a=fmtp:111 minptime=10;useinbandfec=1",
        "a=rtpmap:0 PCMU/8000",
        "a=ssrc:1001 cname:4TOk42mSjXCkVIa6",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "c=IN IP4 0.0.0.0",
        "a=ice-ufrag:EsAw",
        "a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1",
        "a=fingerprint:sha-256 " + ":".join(["0F"] * 32),
        "a=setup:actpass",
        "a=mid:1",
        "a=sctp-port:5000",
        "a=max-message-size:262144",
        "",
    )
)


def events(chance: random.Random, _world: World) -> Case:
    """Events that say what nobody may say, between some that are right."""
    said = (frame(_event(chance), TEXT if chance.random() < 0.8 else BINARY) for _ in range(chance.randint(1, 6)))
    return Case("conversations, events", (_handshake(), *said, frame(LAST)), is_socket=True)


def frames(chance: random.Random, _world: World) -> Case:
    """Bytes that are no frames, or not whole ones."""
    sent = [_handshake(), frame(_event(chance))]
    if chance.random() < 0.6:
        sent.append(chance.choice(BROKEN_FRAMES))
    else:
        sent.append(damaged(chance, frame(_event(chance)) + frame(LAST)))
    # They may be the beginning of a frame that never goes on, so nobody waits for an answer.
    ending = chance.choice((Ending.HALF_CLOSE, Ending.HALF_CLOSE, Ending.LEAVE, Ending.RESET))
    return Case("conversations, frames", tuple(sent), ending, is_http=False, is_socket=True)


def handshakes(chance: random.Random, _world: World) -> Case:
    """Sockets to sessions, calls and models that there are not, shown in odd ways."""
    names = ("model", "intent", "call_id", "resume", "after", odd_text(chance)[:20])
    given = [(chance.choice(names), odd_text(chance)[:300]) for _ in range(chance.choice((1, 1, 2, 5)))]
    query = "&".join(f"{quote(name, errors='replace')}={quote(value, errors='replace')}" for name, value in given)
    extra = []
    if chance.random() < 0.3:
        name = chance.choice(("Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Origin", "Authorization"))
        extra.append((name, odd_header(chance)))
    sent = (_handshake(f"{PATH}?{query}", extra), frame(LAST))
    # Where the headers are not HTTP any more, the parser speaks for the server.
    return Case("conversations, handshakes", sent, is_http=not extra, is_socket=True, method="GET")


def offers(chance: random.Random, _world: World) -> Case:
    """Offers of calls with wrong lines or bytes in them, and sessions that are none."""
    lines = OFFER.split("\r\n")
    for _ in range(chance.choice((0, 1, 1, 3))):
        at = chance.randrange(len(lines))
        match chance.randrange(4):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, chance.choice(lines))
            case 2:
                lines[at] = lines[at].partition(":")[0] + ":" + odd_text(chance)[:80]
            case _:
                lines[at] = lines[at].replace("0", chance.choice(("-1", "99999999999", "x", "")))
    offer = "\r\n".join(lines).encode("utf-8", errors="surrogatepass")
    if chance.random() < 0.4:
        offer = damaged(chance, offer)
    if chance.random() < 0.6:
        body, kind = offer, SDP_TYPE
    else:
        session = json.dumps(_spoilt(chance, SESSION)).encode("utf-8", errors="surrogatepass")
        body, kind = form([part("sdp", offer), part("session", session)]), FORM_TYPE
    return Case("conversations, offers", in_pieces(chance, message("POST", f"{PATH}/calls", body, (), kind)))


def _handshake(path: str = PATH, extra: Headers = ()) -> bytes:
    return message("GET", path, b"", [*UPGRADE, ("Content-Length", "0"), *extra])


def _event(chance: random.Random) -> bytes:
    kind = chance.random()
    if kind < 0.08:
        return json.dumps(odd_value(chance)).encode("utf-8", errors="surrogatepass")
    event = dict(chance.choice(EVENTS))
    if kind < 0.2:
        return damaged(chance, json.dumps(event).encode()).decode("utf-8", errors="replace").encode()
    if kind < 0.35 and "audio" in event:
        event["audio"] = chance.choice(ODD_SOUNDS)
    elif kind < 0.9:
        event = _spoilt(chance, event)
    if kind > 0.95:
        event[chance.choice(("event_id", "type", odd_text(chance)[:30]))] = odd_value(chance)
    return json.dumps(event, ensure_ascii=chance.random() < 0.5).encode("utf-8", errors="replace")


def _spoilt(chance: random.Random, value: Any) -> Any:
    """The same with something odd in one place, at any depth."""
    if isinstance(value, Mapping) and value and chance.random() < 0.9:
        name = chance.choice(list(value))
        return {**value, name: _spoilt(chance, value[name])}
    if isinstance(value, list) and value and chance.random() < 0.9:
        return [_spoilt(chance, value[0]), *value[1:]]
    return odd_value(chance)
