"""What a client may say: the eleven events of OpenAI's Realtime API, checked before anything is done.

Fields that are not listed are nobody's mistake: clients send more than the contract has.
"""

import base64
import binascii
from typing import Any, Final

import msgspec

from voxhelm.realtime.refusal import EventRefused

# Of sound in one event, as OpenAI's reference has it.
LONGEST_AUDIO_BYTES: Final = 15 * 1024 * 1024
LONGEST_EVENT_ID_CHARACTERS: Final = 512


class SessionUpdate(msgspec.Struct, frozen=True, kw_only=True, tag="session.update"):
    """Change how the session listens and speaks."""

    event_id: str | None = None
    session: dict[str, Any]


class AppendAudio(msgspec.Struct, frozen=True, kw_only=True, tag="input_audio_buffer.append"):
    """More of the caller's sound. audio: base64."""

    event_id: str | None = None
    audio: str


class CommitAudio(msgspec.Struct, frozen=True, kw_only=True, tag="input_audio_buffer.commit"):
    """What was sent so far is an utterance."""

    event_id: str | None = None


class ClearAudio(msgspec.Struct, frozen=True, kw_only=True, tag="input_audio_buffer.clear"):
    """Forget what was sent and is no utterance yet."""

    event_id: str | None = None


class CreateItem(msgspec.Struct, frozen=True, kw_only=True, tag="conversation.item.create"):
    """Put something into the conversation. previous_item_id: behind what; `root` for the front."""

    event_id: str | None = None
    item: dict[str, Any]
    previous_item_id: str | None = None


class RetrieveItem(msgspec.Struct, frozen=True, kw_only=True, tag="conversation.item.retrieve"):
    """Show an item with its sound."""

    event_id: str | None = None
    item_id: str


class TruncateItem(msgspec.Struct, frozen=True, kw_only=True, tag="conversation.item.truncate"):
    """So much of a reply was heard."""

    event_id: str | None = None
    item_id: str
    audio_end_ms: float
    content_index: int = 0


class DeleteItem(msgspec.Struct, frozen=True, kw_only=True, tag="conversation.item.delete"):
    """Take an item out of the conversation."""

    event_id: str | None = None
    item_id: str


class CreateResponse(msgspec.Struct, frozen=True, kw_only=True, tag="response.create"):
    """Answer now."""

    event_id: str | None = None
    response: dict[str, Any] | None = None


class CancelResponse(msgspec.Struct, frozen=True, kw_only=True, tag="response.cancel"):
    """Stop answering."""

    event_id: str | None = None
    response_id: str | None = None


class ClearOutput(msgspec.Struct, frozen=True, kw_only=True, tag="output_audio_buffer.clear"):
    """Play nothing of what is waiting to be played."""

    event_id: str | None = None


ClientEvent = (
    SessionUpdate
    | AppendAudio
    | CommitAudio
    | ClearAudio
    | CreateItem
    | RetrieveItem
    | TruncateItem
    | DeleteItem
    | CreateResponse
    | CancelResponse
    | ClearOutput
)
_DECODER: Final[msgspec.json.Decoder[ClientEvent]] = msgspec.json.Decoder(ClientEvent)
_HEAD: Final = msgspec.json.Decoder(dict[str, Any])
KNOWN: Final = tuple(str(kind.__struct_config__.tag) for kind in ClientEvent.__args__)


class InvalidEvent(EventRefused):
    """An event that says nothing. event_id: the client's, where it can be read."""

    def __init__(self, refusal: EventRefused, event_id: str | None) -> None:
        super().__init__(refusal.code, refusal.message, refusal.param)
        self.event_id = event_id


def parse(data: bytes | str) -> ClientEvent:
    """The event in a frame or a message. Raises InvalidEvent."""
    try:
        event: ClientEvent = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise _explained(data, error) from error
    if event.event_id is not None and len(event.event_id) > LONGEST_EVENT_ID_CHARACTERS:
        message = f"'event_id' may have {LONGEST_EVENT_ID_CHARACTERS} characters; it has {len(event.event_id):,}."
        raise InvalidEvent(EventRefused("string_above_max_length", message, "event_id"), None)
    return event


def sound_of(event: AppendAudio) -> bytes:
    """The bytes of its sound. Raises EventRefused."""
    if len(event.audio) > LONGEST_AUDIO_BYTES * 4 // 3 + 4:
        raise EventRefused("audio_too_large", f"'audio' may hold {LONGEST_AUDIO_BYTES:,} bytes. Send it in parts.", "audio")
    try:
        return base64.b64decode(event.audio, validate=True)
    except (binascii.Error, ValueError) as error:
        raise EventRefused("invalid_base64", f"'audio' is not base64: {error}.", "audio") from error


def _explained(data: bytes | str, error: Exception) -> InvalidEvent:
    """What is wrong, in words that name the field."""
    try:
        head = _HEAD.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return InvalidEvent(EventRefused("invalid_json", f"This is not a JSON object: {error}."), None)
    given_id = head.get("event_id")
    event_id = given_id if isinstance(given_id, str) and len(given_id) <= LONGEST_EVENT_ID_CHARACTERS else None
    kind = head.get("type")
    if kind is None:
        return InvalidEvent(EventRefused("missing_required_parameter", "'type' is missing.", "type"), event_id)
    if kind not in KNOWN:
        message = f"There is no client event {str(kind)[:100]!r}. There are: {', '.join(KNOWN)}."
        return InvalidEvent(EventRefused("invalid_value", message, "type"), event_id)
    text = str(error)
    _, _, path = text.partition(" - at `$.")
    param = path.rstrip("`") or None
    if "missing required field" in text:
        param = text.partition("`")[2].partition("`")[0]
        return InvalidEvent(EventRefused("missing_required_parameter", f"'{param}' is missing in {kind}.", param), event_id)
    return InvalidEvent(EventRefused("invalid_type", f"{kind} is not right: {text}.", param), event_id)
