"""What a realtime session tells, judged event by event: by the types of OpenAI's own client, and by what must come before what."""

import base64
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, get_args

from openai.types.realtime import RealtimeServerEvent
from pydantic import BaseModel, ValidationError


def _union() -> dict[str, type[BaseModel]]:
    kinds = get_args(get_args(RealtimeServerEvent)[0])
    return {get_args(kind.model_fields["type"].annotation)[0]: kind for kind in kinds}


KINDS = _union()
# In OpenAI's reference but not in the types of its client; and what is Voxhelm's own.
BEYOND = {
    "session.id",
    "session.object",
    "session.expires_at",
    "session.voxhelm",
    "start_ms",
    "item.content.format",
}
# What the parts of a reply end with, and what has to have come in pieces before it.
PIECES = {
    "response.output_text.done": ("response.output_text.delta", "text"),
    "response.output_audio_transcript.done": ("response.output_audio_transcript.delta", "transcript"),
    "response.function_call_arguments.done": ("response.function_call_arguments.delta", "arguments"),
}
TRANSCRIPTION = "conversation.item.input_audio_transcription."


class Record:
    """Everything that one session told. Each event is judged as it is taken; what is wrong raises AssertionError."""

    def __init__(self, begun: Iterable[str] | None = None) -> None:
        """begun: the items that there were, where the first events are not among those that it is given."""
        self._begun = begun is not None
        self.events: list[dict[str, Any]] = []
        self._ids: set[str] = set()
        self._items = list(begun or ())
        self._open_items: set[str] = set()
        self._replies: dict[str, _Reply] = {}
        self._spoken: dict[str, str] = {}
        self._heard: set[str] = set()
        self._partly: dict[str, str] = defaultdict(str)

    def take(self, event: dict[str, Any] | str | bytes) -> dict[str, Any]:
        """Judge the next event, and return it."""
        told: dict[str, Any] = event if isinstance(event, dict) else json.loads(event)
        conforms(told)
        assert told["event_id"] not in self._ids, f"two events are {told['event_id']}"
        self._ids.add(told["event_id"])
        assert self._begun or self.events or told["type"] in ("session.created", "error"), f"a session begins with {told['type']}"
        self.events.append(told)
        kind = told["type"]
        if kind.startswith("response."):
            self._reply(kind, told)
        elif kind.startswith(TRANSCRIPTION):
            self._transcribed(kind.removeprefix(TRANSCRIPTION), told)
        elif kind.startswith("conversation.item."):
            self._item(kind.removeprefix("conversation.item."), told)
        elif kind.startswith("input_audio_buffer."):
            self._buffer(kind.removeprefix("input_audio_buffer."), told)
        return told

    def all(self, kind: str) -> list[dict[str, Any]]:
        """All events of a kind."""
        return [event for event in self.events if event["type"] == kind]

    @property
    def kinds(self) -> list[str]:
        """What came, in its order."""
        return [event["type"] for event in self.events]

    @property
    def errors(self) -> list[dict[str, Any]]:
        """What was refused or failed."""
        return [event["error"] for event in self.all("error")]

    def sound(self, item_id: str | None = None) -> bytes:
        """What came as sound in events, of one item or of all."""
        deltas = self.all("response.output_audio.delta")
        return b"".join(base64.b64decode(one["delta"]) for one in deltas if item_id in (None, one["item_id"]))

    def ended(self) -> None:
        """Nothing is left open, in a session that has been left at rest."""
        assert [reply.id for reply in self._replies.values() if not reply.done] == []
        assert self._open_items == set()

    def _reply(self, kind: str, told: dict[str, Any]) -> None:
        reply_id = told["response"]["id"] if "response" in told else told["response_id"]
        if kind == "response.created":
            assert reply_id not in self._replies, f"{reply_id} is created twice"
            self._replies[reply_id] = _Reply(reply_id)
        self._replies[reply_id].take(kind, told)

    def _item(self, what: str, told: dict[str, Any]) -> None:
        if what == "added":
            item_id, before = told["item"]["id"], told["previous_item_id"]
            assert item_id not in self._items, f"{item_id} is added twice"
            assert before is None or before in self._items, f"{item_id} is behind {before}, which is not there"
            self._items.insert(0 if before is None else self._items.index(before) + 1, item_id)
            self._open_items.add(item_id)
        elif what == "done":
            item_id = told["item"]["id"]
            assert item_id in self._open_items, f"{item_id} is done, and was not under way"
            place = self._items.index(item_id)
            assert told["previous_item_id"] == (self._items[place - 1] if place else None)
            assert told["item"]["status"] != "in_progress"
            self._open_items.discard(item_id)
        elif what == "deleted":
            self._items.remove(told["item_id"])
            self._open_items.discard(told["item_id"])
        elif what == "truncated":
            assert told["item_id"] in self._items

    def _buffer(self, what: str, told: dict[str, Any]) -> None:
        if what == "speech_started":
            assert told["item_id"] not in self._spoken
            self._spoken[told["item_id"]] = "started"
        elif what == "speech_stopped":
            assert self._spoken[told["item_id"]] == "started"
            self._spoken[told["item_id"]] = "stopped"
        elif what == "committed":
            assert told["item_id"] not in self._items
            assert told["previous_item_id"] == (self._items[-1] if self._items else None)

    def _transcribed(self, what: str, told: dict[str, Any]) -> None:
        item_id = told["item_id"]
        assert item_id not in self._heard, f"{item_id} was heard before"
        if what in ("completed", "failed"):
            self._heard.add(item_id)
        if what == "delta":
            self._partly[item_id] += told["delta"]
        elif what == "completed":
            partly = self._partly[item_id]
            # What was told is told once; where it was heard otherwise in the end, there is nothing to compare.
            assert not told["transcript"].startswith(partly) or len(partly) in (0, len(told["transcript"]))


class _Reply:
    """One `response`, from created to done."""

    def __init__(self, reply_id: str) -> None:
        self.id = reply_id
        self.done = False
        self._open: str | None = None
        self._items: list[str] = []
        self._pieces: dict[tuple[str, str], str] = defaultdict(str)
        self._last = ""

    def take(self, kind: str, told: dict[str, Any]) -> None:
        assert not self.done, f"{self.id} goes on with {kind} after its end"
        if kind == "response.created":
            assert told["response"]["status"] == "in_progress"
        elif kind == "response.done":
            self._end(told["response"])
        elif kind == "response.output_item.added":
            assert self._open is None, f"{self._open} is not done"
            assert told["output_index"] == len(self._items)
            self._open = told["item"]["id"]
        elif kind == "response.output_item.done":
            assert (told["item"]["id"], told["output_index"]) == (self._open, len(self._items))
            self._items.append(told["item"]["id"])
            self._open = None
        else:
            assert (told["item_id"], told["output_index"]) == (self._open, len(self._items)), f"{kind} is of no item under way"
            self._part(kind, told)
        self._last = kind

    def _part(self, kind: str, told: dict[str, Any]) -> None:
        item_id = told["item_id"]
        if kind.endswith(".delta"):
            self._pieces[item_id, kind] += told["delta"]
        elif kind in PIECES:
            delta, name = PIECES[kind]
            assert self._pieces[item_id, delta] == told[name], f"{kind} is not what came in pieces"
        elif kind == "response.content_part.done":
            delta = "output_text" if told["part"]["type"] == "text" else "output_audio_transcript"
            whole = told["part"]["text" if delta == "output_text" else "transcript"]
            assert self._pieces[item_id, f"response.{delta}.delta"] == whole

    def _end(self, response: dict[str, Any]) -> None:
        assert self._open is None, f"{self._open} is not done"
        assert response["status"] != "in_progress"
        # What they hold may have been truncated since.
        assert [item["id"] for item in response["output"]] == self._items
        assert (response["status"] == "completed") == (response["status_details"] is None)
        self.done = True


def conforms(told: dict[str, Any]) -> None:
    """An event has exactly the form that OpenAI's client knows. Raises AssertionError."""
    kind = KINDS.get(told["type"])
    assert kind is not None, f"OpenAI's client knows no event {told['type']!r}"
    try:
        made = kind.model_validate_json(json.dumps(told), strict=True)
    except ValidationError as error:
        raise AssertionError(f"{told['type']} is not as OpenAI's client has it: {error}") from error
    unknown = {path for path in _beyond(made, "") if path not in BEYOND}
    assert unknown == set(), f"{told['type']} has what OpenAI's client does not know: {unknown}"


def _beyond(value: object, path: str) -> set[str]:
    """What there is in an event, and not in its type."""
    if isinstance(value, list):
        return {found for one in value for found in _beyond(one, path)}
    if not isinstance(value, BaseModel):
        return set()
    found = {f"{path}{name}" for name in value.model_extra or ()}
    for name in type(value).model_fields:
        found |= _beyond(getattr(value, name), f"{path}{name}.")
    return found
