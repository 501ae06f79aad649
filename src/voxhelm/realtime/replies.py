"""The assistant's side of a session: which replies there are, what they wait for, and how they end."""

from collections.abc import Callable, Iterable

from voxhelm.realtime.context import question_of
from voxhelm.realtime.conversation import Conversation
from voxhelm.realtime.effects import Effect, Hush, StartAnswer, StopAnswer, Voicing
from voxhelm.realtime.face import Heard
from voxhelm.realtime.happenings import AnswerCall, AnswerEnded, AnswerFailed, AnswerSpeech, AnswerText
from voxhelm.realtime.playing import Played, Playing
from voxhelm.realtime.refusal import EventRefused
from voxhelm.realtime.reply import Order, Outcome, Reply
from voxhelm.realtime.teller import Teller

AnswerPiece = AnswerText | AnswerSpeech | AnswerCall


class Replies:
    """Owns the replies under way. One of them at most is of the conversation; others are out of band."""

    def __init__(self, conversation: Conversation, teller: Teller, ids: Callable[[str], str]) -> None:
        self._conversation = conversation
        self._teller = teller
        self._ids = ids
        self._live: dict[str, Reply] = {}
        self.playing = Playing()
        self.spoke = False
        """Whether any of them had sound: then the voice stays."""

    @property
    def active(self) -> Reply | None:
        """The one of the conversation."""
        return next((one for one in self._live.values() if one.order.conversation is not None), None)

    @property
    def live(self) -> tuple[Reply, ...]:
        """All that are under way."""
        return tuple(self._live.values())

    def create(self, order: Order, waits_for: Iterable[str], now_seconds: float) -> list[Effect]:
        """Answer. waits_for: items that have yet to be heard. Raises EventRefused while another one of the conversation is under way."""
        active = self.active
        if order.conversation is not None and active is not None:
            message = (
                f"Conversation already has an active response in progress: {active.id}. Wait until it is finished, or cancel it."
            )
            raise EventRefused("conversation_already_has_active_response", message)
        reply = Reply(self._ids("resp"), order, self._teller, self._ids, now_seconds, set(waits_for))
        self._live[reply.id] = reply
        return [*reply.begin(), *self._asked(reply)]

    def heard(self, item_id: str, now_seconds: float) -> list[Effect]:
        """An item that a reply may wait for has been heard, or never will be."""
        effects: list[Effect] = []
        for reply in self.live:
            if item_id in reply.waits_for:
                reply.waits_for.discard(item_id)
                reply.last_progress_seconds = now_seconds
                effects += self._asked(reply)
        return effects

    def piece(self, piece: AnswerPiece, now_seconds: float, *, plays: bool) -> list[Effect]:
        """More of an answer."""
        reply = self._live.get(piece.response_id)
        if reply is None:
            return []
        reply.last_progress_seconds = now_seconds
        if isinstance(piece, AnswerText):
            return reply.text(piece)
        if isinstance(piece, AnswerCall):
            return reply.call(piece)
        effects = reply.speech(piece, plays=plays)
        if len(piece.pcm.samples):
            self.spoke = True
            self.playing.made(Played(reply.items[-1].id, reply.id), piece.pcm.duration_seconds, now_seconds, plays=plays)
        return effects

    def ended(self, ended: AnswerEnded) -> list[Effect]:
        """All of an answer has been told."""
        reply = self._live.pop(ended.response_id, None)
        if reply is None:
            return []
        reply.usage = ended.usage
        return reply.end("incomplete", ended.usage.reason) if ended.usage.reason else reply.end("completed")

    def failed(self, failed: AnswerFailed) -> list[Effect]:
        """It breaks off; what was said stays said."""
        reply = self._live.pop(failed.response_id, None)
        if reply is None:
            return []
        error: dict[str, object] = {"type": "server_error", "code": failed.code, "message": failed.message}
        told = self._teller.fail(failed.code, failed.message, kind="server_error")
        return [StopAnswer(reply.id), told, *reply.end("failed", error=error)]

    def cancel(self, reply: Reply, reason: str, outcome: Outcome = "cancelled") -> list[Effect]:
        """Answer no more."""
        del self._live[reply.id]
        return [StopAnswer(reply.id), *reply.end(outcome, reason)]

    def hush(self, heard: Heard | None, now_seconds: float) -> list[Effect]:
        """Play no more, and keep of the conversation what was heard: for faces that play."""
        cut = self.playing.cut_short(heard, now_seconds)
        effects: list[Effect] = [Hush()] if cut else []
        replies = dict.fromkeys(played.response_id for played, _ in cut)
        effects += [self._teller.say("output_audio_buffer.cleared", response_id=response_id) for response_id in replies]
        for played, heard_ms in cut:
            item = self._conversation.get(played.item_id)
            if item is not None:
                # The clock of a face may be a little ahead of what it was given.
                effects += self.truncated(item.id, 0, min(heard_ms, item.content[0].audio_ms))
        return effects

    def truncated(self, item_id: str, content_index: int, heard_ms: float) -> list[Effect]:
        """So much of a message was heard. Raises EventRefused."""
        self._conversation.truncate(item_id, content_index, heard_ms)
        end_ms = int(heard_ms)
        return [self._teller.say("conversation.item.truncated", item_id=item_id, content_index=content_index, audio_end_ms=end_ms)]

    def drained(self, item_id: str) -> list[Effect]:
        """All of a message has been played."""
        played = self.playing.drained(item_id)
        if played is None or any(one.response_id == played.response_id for one in self.playing.queue):
            return []
        return [self._teller.say("output_audio_buffer.stopped", response_id=played.response_id)]

    def _asked(self, reply: Reply) -> list[Effect]:
        if reply.waits_for or reply.asked:
            return []
        reply.asked = True
        config, order = reply.config, reply.order
        items = self._conversation if order.items is None else order.items
        voicing = None
        if config.output_modality == "audio":
            voicing = Voicing(config.output.voice, config.output.speed, config.output.format)
        return [StartAnswer(reply.id, question_of(items, config), voicing)]
