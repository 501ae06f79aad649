"""One answer on its way to the client: the events of OpenAI's `response`, in their order."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from voxhelm.assistant.answer import AnswerUsage
from voxhelm.realtime.conversation import Conversation
from voxhelm.realtime.effects import Effect, EndPlay, Play, Send
from voxhelm.realtime.happenings import AnswerCall, AnswerSpeech, AnswerText
from voxhelm.realtime.item import Content, ContentKind, Item, ItemKind, Status
from voxhelm.realtime.item_form import written
from voxhelm.realtime.session_changes import told_format
from voxhelm.realtime.session_config import SessionConfig
from voxhelm.realtime.teller import Teller

Outcome = Literal["completed", "cancelled", "failed", "incomplete"]


@dataclass(frozen=True, slots=True)
class Order:
    """What is answered, and how.

    config: the session's, with what the reply has otherwise. conversation: where it belongs, None for one out of band.
    items: what is answered instead of the conversation. metadata: the client's own.
    """

    config: SessionConfig
    conversation: Conversation | None
    items: tuple[Item, ...] | None = None
    metadata: dict[str, object] | None = None


@dataclass(slots=True)
class Reply:
    """It is created once, told piece by piece, and ended once.

    waits_for: items that have yet to be heard before the assistant can be asked. last_progress_seconds: for the watchdog.
    """

    id: str
    order: Order
    teller: Teller
    ids: Callable[[str], str]
    last_progress_seconds: float
    waits_for: set[str] = field(default_factory=set)
    asked: bool = False
    items: list[Item] = field(default_factory=list)
    usage: AnswerUsage = field(default_factory=AnswerUsage)
    _open: Item | None = None

    @property
    def config(self) -> SessionConfig:
        """How it is made."""
        return self.order.config

    @property
    def has_sound(self) -> bool:
        """Whether any of it can be heard."""
        return any(part.audio_ms for item in self.items for part in item.content)

    def begin(self) -> list[Effect]:
        """It exists."""
        return [self.teller.say("response.created", response=self._told("in_progress", None))]

    def text(self, piece: AnswerText) -> list[Effect]:
        """More of an answer in text."""
        effects, item = self._message(ContentKind.OUTPUT_TEXT)
        part = item.content[0]
        part.text = (part.text or "") + piece.delta
        return [*effects, self._part_event("response.output_text.delta", delta=piece.delta)]

    def speech(self, piece: AnswerSpeech, *, plays: bool) -> list[Effect]:
        """More of a spoken answer. plays: whether the face plays it, so that it does not travel in events."""
        effects, item = self._message(ContentKind.OUTPUT_AUDIO)
        part = item.content[0]
        first = part.audio_ms == 0
        part.spans = (*part.spans, *piece.spans)
        if piece.transcript:
            part.text = (part.text or "") + piece.transcript
            # Where its sound begins: beyond the contract, so that a client whose sound does not come in events can follow its words.
            start_ms = round(part.audio_ms)
            effects.append(self._part_event("response.output_audio_transcript.delta", delta=piece.transcript, start_ms=start_ms))
        if len(piece.pcm.samples):
            part.audio += piece.pcm.to_bytes()
            part.audio_ms += piece.pcm.duration_seconds * 1000
            if plays:
                if first:
                    effects.append(self.teller.say("output_audio_buffer.started", response_id=self.id))
                effects.append(Play(item.id, piece.pcm))
        if piece.encoded and not plays:
            effects.append(self._part_event("response.output_audio.delta", delta=base64.b64encode(piece.encoded).decode()))
        return effects

    def call(self, piece: AnswerCall) -> list[Effect]:
        """More of a call of a tool."""
        effects: list[Effect] = []
        if piece.name is not None:
            effects += self._close(Status.COMPLETED)
            item = Item(
                self.ids("item"),
                ItemKind.CALL,
                status=Status.IN_PROGRESS,
                call_id=piece.call_id or self.ids("call"),
                name=piece.name,
            )
            effects += self._add(item)
        call = self._open
        if call is None or call.kind is not ItemKind.CALL:
            raise ValueError("a call has to begin before it goes on")
        call.arguments += piece.delta
        if piece.delta:
            effects.append(self._call_event("response.function_call_arguments.delta", call, delta=piece.delta))
        if piece.ended:
            effects += self._close(Status.COMPLETED)
        return effects

    def end(self, outcome: Outcome, reason: str | None = None, error: dict[str, object] | None = None) -> list[Effect]:
        """No more comes. reason: why it is not complete. error: what failed."""
        status = Status.COMPLETED if outcome == "completed" else Status.INCOMPLETE
        effects = self._close(status)
        details: dict[str, object] | None = None
        if outcome != "completed":
            details = {"type": outcome} | ({"reason": reason} if reason else {}) | ({"error": error} if error else {})
        return [*effects, self.teller.say("response.done", response=self._told(outcome, details))]

    def _message(self, kind: ContentKind) -> tuple[list[Effect], Item]:
        """The message that is under way, which begins now if there is none."""
        if self._open is not None and self._open.kind is ItemKind.MESSAGE:
            return [], self._open
        effects = self._close(Status.COMPLETED)
        item = Item(self.ids("item"), ItemKind.MESSAGE, "assistant", Status.IN_PROGRESS)
        effects += self._add(item)
        item.content.append(Content(kind, ""))
        effects.append(self._part_event("response.content_part.added", part=_part(item.content[0], empty=True)))
        return effects, item

    def _add(self, item: Item) -> list[Effect]:
        self._open = item
        self.items.append(item)
        added = self.teller.say(
            "response.output_item.added", response_id=self.id, output_index=len(self.items) - 1, item=written(item)
        )
        if self.order.conversation is None:
            return [added]
        before = self.order.conversation.add(item)
        return [added, self.teller.say("conversation.item.added", item=written(item), previous_item_id=before)]

    def _close(self, status: Status) -> list[Effect]:
        item = self._open
        if item is None:
            return []
        item.status = status
        effects: list[Effect] = []
        if item.kind is ItemKind.CALL:
            done = self._call_event("response.function_call_arguments.done", item, arguments=item.arguments, name=item.name)
            effects.append(done)
        else:
            effects += self._part_done(item.content[0])
            if item.content[0].kind is ContentKind.OUTPUT_AUDIO:
                effects.append(EndPlay(item.id))
        self._open = None
        index = self.items.index(item)
        effects.append(self.teller.say("response.output_item.done", response_id=self.id, output_index=index, item=written(item)))
        conversation = self.order.conversation
        if conversation is not None and item.id in conversation:
            before = conversation.before(item.id)
            effects.append(self.teller.say("conversation.item.done", item=written(item), previous_item_id=before))
            conversation.forget_old_audio()
        return effects

    def _part_done(self, part: Content) -> list[Effect]:
        if part.kind is ContentKind.OUTPUT_TEXT:
            effects: list[Effect] = [self._part_event("response.output_text.done", text=part.text or "")]
        else:
            effects = [
                self._part_event("response.output_audio.done"),
                self._part_event("response.output_audio_transcript.done", transcript=part.text or ""),
            ]
        return [*effects, self._part_event("response.content_part.done", part=_part(part))]

    def _part_event(self, kind: str, **fields: object) -> Send:
        item = self.items[-1]
        return self.teller.say(
            kind, response_id=self.id, item_id=item.id, output_index=len(self.items) - 1, content_index=0, **fields
        )

    def _call_event(self, kind: str, item: Item, **fields: object) -> Send:
        index = self.items.index(item)
        return self.teller.say(kind, response_id=self.id, item_id=item.id, output_index=index, call_id=item.call_id, **fields)

    def _told(self, status: str, details: dict[str, object] | None) -> dict[str, object]:
        config, order = self.config, self.order
        audio = {"output": {"format": told_format(config.output.format), "voice": config.output.voice}}
        return {
            "object": "realtime.response",
            "id": self.id,
            "status": status,
            "status_details": details,
            "output": [written(item) for item in self.items],
            "conversation_id": order.conversation.id if order.conversation is not None else None,
            "output_modalities": [config.output_modality],
            "max_output_tokens": config.most_tokens or "inf",
            "audio": audio,
            "usage": None if status == "in_progress" else _usage(self.usage),
            "metadata": order.metadata,
        }


def _part(part: Content, *, empty: bool = False) -> dict[str, object]:
    """In these events alone a part is named without `output_`."""
    text = "" if empty else part.text or ""
    if part.kind is ContentKind.OUTPUT_TEXT:
        return {"type": "text", "text": text}
    return {"type": "audio", "transcript": text}


def _usage(usage: AnswerUsage) -> dict[str, object]:
    """Tokens of the assistant's text; sound is not counted in tokens here."""
    cached: dict[str, object] = {"text_tokens": usage.cached_tokens, "audio_tokens": 0, "image_tokens": 0}
    return {
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "input_token_details": {
            "text_tokens": usage.input_tokens,
            "audio_tokens": 0,
            "image_tokens": 0,
            "cached_tokens": usage.cached_tokens,
            "cached_tokens_details": cached,
        },
        "output_token_details": {"text_tokens": usage.output_tokens, "audio_tokens": 0},
    }
