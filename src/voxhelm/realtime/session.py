"""A realtime session: what the client says and what happens go in, what is to be done comes out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from voxhelm.domain.pcm import Pcm
from voxhelm.realtime import client_events as client
from voxhelm.realtime import happenings as happening
from voxhelm.realtime.beginning import Beginning
from voxhelm.realtime.conversation import Conversation
from voxhelm.realtime.effects import Effect, FeedHearing, FinishHearing, Hangup, OpenHearing, TurnOver
from voxhelm.realtime.face import Heard
from voxhelm.realtime.input_sound import InputSound
from voxhelm.realtime.item import Content, ContentKind, Item, ItemKind, Status
from voxhelm.realtime.item_form import item_of, written
from voxhelm.realtime.limits import SessionLimits
from voxhelm.realtime.listening import Announced, Committed, Heeded, Listening
from voxhelm.realtime.orders import order_of
from voxhelm.realtime.refusal import EventRefused
from voxhelm.realtime.replies import AnswerPiece, Replies
from voxhelm.realtime.reply import Order, Reply
from voxhelm.realtime.session_changes import changed, told
from voxhelm.realtime.session_config import Kind, ServerVad, SessionConfig, Transcription
from voxhelm.realtime.snapshot import Frozen, frozen, thawed
from voxhelm.realtime.teller import Teller
from voxhelm.realtime.transcripts import Transcripts

EXPIRED: Final = 1000
# A face that should have played something to its end by now, and has not said so, never will.
DRAIN_PATIENCE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is taken up. heard: what a face that plays has played by then."""

    seconds: float
    heard: Heard | None = None


class Session:
    """The state machine. Not a clock, a task or a socket in it: `conductor.py` has those.

    Contract: OpenAI's Realtime API (its reference, and the types of its Python client). Beyond it, `session.voxhelm` tells how to
    come back.
    """

    def __init__(
        self,
        beginning: Beginning,
        config: SessionConfig,
        ids: Callable[[str], str],
        limits: SessionLimits,
        require: Callable[[SessionConfig], None] = lambda _: None,
    ) -> None:
        """ids: a new id for a kind of thing, such as `item`. require: raises EventRefused for settings that cannot be served here."""
        self._require = require
        self.beginning = beginning
        self._config = config
        self._ids = ids
        self._limits = limits
        self._teller = Teller(ids)
        self.conversation = Conversation(beginning.conversation_id, limits.kept_audio_bytes)
        self._sound = InputSound(config.input.format)
        self._listening = Listening(config.input, limits, self._teller, ids)
        self._replies = Replies(self.conversation, self._teller, ids)
        self._transcripts = Transcripts(self._teller)
        self._plays = False
        self._attached = True
        self._reply_due = False
        self._idle_since_seconds: float | None = None
        self._doors: dict[type, Callable[[Any, Moment], list[Effect]]] = {
            client.AppendAudio: self._append,
            client.CommitAudio: self._commit,
            client.ClearAudio: self._clear,
            client.SessionUpdate: self._update,
            client.CreateItem: self._create_item,
            client.RetrieveItem: self._retrieve,
            client.TruncateItem: self._truncate,
            client.DeleteItem: self._delete,
            client.CreateResponse: self._respond,
            client.CancelResponse: self._cancel,
            client.ClearOutput: self._clear_output,
            happening.Sound: self._sounded,
            happening.Voices: self._voices,
            happening.HeardPartly: self._heard_partly,
            happening.Heard: self._heard,
            happening.HearingFailed: self._heard,
            happening.TurnJudged: self._judged,
            happening.AnswerText: self._answered,
            happening.AnswerSpeech: self._answered,
            happening.AnswerCall: self._answered,
            happening.AnswerEnded: self._answer_ended,
            happening.AnswerFailed: self._answer_failed,
            happening.Drained: self._drained,
            happening.FaceChanged: self._face_changed,
            happening.Tick: self._tick,
        }

    @property
    def config(self) -> SessionConfig:
        """How it listens and speaks now."""
        return self._config

    @property
    def at_turn_boundary(self) -> bool:
        """Whether nobody speaks, and nothing is being heard, answered or played."""
        idle = self._listening.quiet and not self._transcripts.pending and not self._replies.live
        return idle and not self._replies.playing.queue

    @property
    def wake_at_seconds(self) -> float | None:
        """When a `Tick` is due."""
        due = [self.beginning.started_seconds + self._limits.longest_session_seconds]
        due += [one.last_progress_seconds + self._limits.stalled_seconds for one in self._replies.live]
        if self._replies.playing.queue and self._replies.active is None:
            due.append(self._replies.playing.until_seconds + DRAIN_PATIENCE_SECONDS)
        idle_at = self._idle_at_seconds()
        if idle_at is not None:
            due.append(idle_at)
        return min(due)

    def greet(self) -> list[Effect]:
        """The first events."""
        effects: list[Effect] = [self._teller.say("session.created", session=self.told())]
        if self._config.kind is Kind.CONVERSATION:
            conversation = {"id": self.conversation.id, "object": "realtime.conversation"}
            effects.append(self._teller.say("conversation.created", conversation=conversation))
        return effects

    def told(self) -> dict[str, object]:
        """Its settings in full."""
        beginning = self.beginning
        made = told(self._config, beginning.session_id, beginning.expires_unix_seconds)
        return made | ({"voxhelm": beginning.told} if beginning.told else {})

    def take(
        self, message: client.ClientEvent | happening.Happening, now_seconds: float, heard: Heard | None = None
    ) -> list[Effect]:
        """Take the next message. heard: what a face that plays has played by now."""
        try:
            return self._doors[type(message)](message, Moment(now_seconds, heard))
        except EventRefused as refusal:
            return self.refuse(refusal, getattr(message, "event_id", None))

    def refuse(self, refusal: EventRefused, event_id: str | None) -> list[Effect]:
        """An event that could not be had. event_id: the client's."""
        return [self._teller.refuse(refusal, event_id)]

    def _append(self, event: client.AppendAudio, now: Moment) -> list[Effect]:
        if self._plays:
            raise EventRefused("invalid_value", "This client's sound comes by its call, not in events.", "type")
        return self._heed(self._listening.append(self._sound.push(client.sound_of(event))), now)

    def _commit(self, _event: client.CommitAudio, now: Moment) -> list[Effect]:
        return self._heed(self._listening.commit(), now)

    def _clear(self, _event: client.ClearAudio, now: Moment) -> list[Effect]:
        self._sound.clear()
        return [*self._heed(self._listening.clear(), now), *self._answer_turn(now)]

    def _retrieve(self, event: client.RetrieveItem, _now: Moment) -> list[Effect]:
        item = self.conversation.require(event.item_id, "item_retrieve_invalid_item_id")
        return [self._teller.say("conversation.item.retrieved", item=written(item, with_audio=True))]

    def _delete(self, event: client.DeleteItem, now: Moment) -> list[Effect]:
        self.conversation.delete(event.item_id)
        deleted = self._teller.say("conversation.item.deleted", item_id=event.item_id)
        effects = [*self._transcripts.drop(event.item_id), deleted, *self._replies.heard(event.item_id, now.seconds)]
        return effects + self._answer_turn(now)

    def _sounded(self, sound: happening.Sound, now: Moment) -> list[Effect]:
        return self._heed(self._listening.append(sound.pcm), now)

    def _voices(self, voices: happening.Voices, now: Moment) -> list[Effect]:
        busy = self._replies.active is not None or self._replies.playing.busy(now.seconds)
        return self._heed(self._listening.voices(voices, busy=busy), now)

    def _heard_partly(self, heard: happening.HeardPartly, now: Moment) -> list[Effect]:
        effects = self._heed(self._listening.partly(heard), now)
        # What was on its way when an utterance was dropped or had been heard is told of no more.
        awaited = self._listening.announced(heard.item_id) or self._transcripts.expects(heard.item_id)
        if self._config.input.transcription is not None and awaited:
            effects += self._transcripts.partly(heard.item_id, heard.delta)
        return effects

    def _judged(self, judged: happening.TurnJudged, now: Moment) -> list[Effect]:
        return self._heed(self._listening.judged(judged), now)

    def _answered(self, piece: AnswerPiece, now: Moment) -> list[Effect]:
        return self._replies.piece(piece, now.seconds, plays=self._plays)

    def _answer_ended(self, ended: happening.AnswerEnded, now: Moment) -> list[Effect]:
        return self._after_reply(self._replies.ended(ended), now)

    def _answer_failed(self, failed: happening.AnswerFailed, now: Moment) -> list[Effect]:
        return self._after_reply(self._replies.failed(failed), now)

    def _drained(self, drained: happening.Drained, _now: Moment) -> list[Effect]:
        return self._replies.drained(drained.item_id)

    def _heed(self, heeded: Iterable[Heeded], now: Moment) -> list[Effect]:
        """What listening came to, in its order."""
        effects: list[Effect] = []
        for one in heeded:
            if isinstance(one, Announced):
                self._idle_since_seconds = None
                effects += self._interrupted(now)
            elif isinstance(one, Committed):
                effects += self._committed(one, now)
            else:
                effects.append(one)
        return effects

    def _interrupted(self, now: Moment) -> list[Effect]:
        """Somebody speaks while they are being spoken to."""
        detection = self._config.input.turn_detection
        if detection is None or not detection.interrupt_response:
            return []
        active = self._replies.active
        effects = self._replies.cancel(active, "turn_detected") if active is not None else []
        return effects + self._replies.hush(now.heard, now.seconds)

    def _committed(self, committed: Committed, now: Moment) -> list[Effect]:
        audio = Content(ContentKind.INPUT_AUDIO, None, bytearray(committed.pcm.to_bytes()), committed.pcm.duration_seconds * 1000)
        item = Item(committed.item_id, ItemKind.MESSAGE, "user", Status.COMPLETED, [audio])
        before = self.conversation.add(item)
        say = self._teller.say
        effects: list[Effect] = [
            TurnOver(committed.voice_end_ms),
            say("input_audio_buffer.committed", item_id=item.id, previous_item_id=before),
            say("conversation.item.added", item=written(item), previous_item_id=before),
            say("conversation.item.done", item=written(item), previous_item_id=before),
        ]
        if committed.idle:
            audio.text = ""
            self._reply_due = True
            return effects + self._answer_turn(now)
        detection = self._config.input.turn_detection
        answers = committed.by_voice and detection is not None and detection.create_response
        conversing = self._config.kind is Kind.CONVERSATION
        self._transcripts.expect(item.id, self._config, answers=answers and conversing)
        return effects

    def _heard(self, message: happening.Heard | happening.HearingFailed, now: Moment) -> list[Effect]:
        effects: list[Effect] = []
        if self._listening.is_held(message.item_id):
            if isinstance(message, happening.Heard):
                effects = self._heed(self._listening.decide(message), now)
            else:
                effects = self._heed(self._listening.undecided(message.item_id), now)
        item = self.conversation.get(message.item_id)
        if item is None or not self._transcripts.expects(message.item_id):
            return effects + self._answer_turn(now)
        answers = self._transcripts.answers(message.item_id)
        if isinstance(message, happening.Heard):
            item.content[0].text, item.language = message.transcript.strip(), message.language
            effects += self._transcripts.heard(message)
        else:
            item.content[0].text = ""
            effects += self._transcripts.failed(message)
        effects += self._replies.heard(message.item_id, now.seconds)
        if answers and item.content[0].text:
            self._reply_due = True
        elif answers and self._replies.spoke:
            # Nobody answers a cough, and so nothing but this sets off the idle timer again.
            self._idle_since_seconds = now.seconds
        return effects + self._answer_turn(now)

    def _answer_turn(self, now: Moment) -> list[Effect]:
        """Answer what has not been answered yet, all of it in one reply: not while somebody speaks, or has yet to be heard."""
        busy = not self._listening.quiet or self._replies.active is not None or self._transcripts.any_to_answer
        if not self._reply_due or busy:
            return []
        self._reply_due = False
        return self._replies.create(Order(self._config, self.conversation), self._transcripts.pending, now.seconds)

    def _after_reply(self, effects: list[Effect], now: Moment) -> list[Effect]:
        self._idle_since_seconds = now.seconds
        return effects + self._answer_turn(now)

    def _update(self, event: client.SessionUpdate, now: Moment) -> list[Effect]:
        made = changed(self._config, event.session)
        if made.kind is not self._config.kind and (len(self.conversation) or self._replies.live):
            message = f"This is a session of the type '{self._config.kind}', and it has begun. Open another one."
            raise EventRefused("invalid_session_type", message, "session.type")
        if made.output.voice != self._config.output.voice and self._replies.spoke:
            message = "The voice of a session cannot change once it has been heard."
            raise EventRefused("cannot_update_voice", message, "session.audio.output.voice")
        self._require(made)
        self._config = made
        self._sound.use(made.input.format)
        effects = self._heed(self._listening.configure(made.input), now)
        return [*effects, self._teller.say("session.updated", session=self.told())]

    def _create_item(self, event: client.CreateItem, _now: Moment) -> list[Effect]:
        if len(self.conversation) >= self._limits.most_items:
            message = f"A conversation here has {self._limits.most_items:,} items at most. Delete some, or begin anew."
            raise EventRefused("conversation_full", message)
        item = item_of(event.item, self._ids("item"))
        before = self.conversation.add(item, event.previous_item_id)
        say = self._teller.say
        effects: list[Effect] = [
            say("conversation.item.added", item=written(item), previous_item_id=before),
            say("conversation.item.done", item=written(item), previous_item_id=before),
        ]
        return effects + self._hear_given(item)

    def _hear_given(self, item: Item) -> list[Effect]:
        """A message may bring sound that nobody has heard yet."""
        part = next((one for one in item.content if one.kind is ContentKind.INPUT_AUDIO), None)
        if part is None or part.text is not None or not part.audio:
            return []
        wanted = self._config.input.transcription or Transcription()
        self._transcripts.expect(item.id, self._config, answers=False)
        return [
            OpenHearing(item.id, wanted, partly=False),
            FeedHearing(item.id, Pcm.from_bytes(bytes(part.audio), 24_000)),
            FinishHearing(item.id, part.audio_ms / 1000),
        ]

    def _truncate(self, event: client.TruncateItem, now: Moment) -> list[Effect]:
        # All that can be wrong is found out before anything is stopped.
        self.conversation.truncatable(event.item_id, event.content_index, event.audio_end_ms)
        item = self.conversation.require(event.item_id)
        effects: list[Effect] = []
        active = self._replies.active
        if item.status is Status.IN_PROGRESS and active is not None and item in active.items:
            # What has not been heard is not to be made either.
            effects += self._replies.cancel(active, "client_cancelled")
        effects += self._replies.truncated(event.item_id, event.content_index, event.audio_end_ms)
        self._replies.playing.stopped(now.seconds)
        return effects

    def _respond(self, event: client.CreateResponse, now: Moment) -> list[Effect]:
        if self._config.kind is Kind.TRANSCRIPTION:
            raise EventRefused("invalid_value", "A session of the type 'transcription' gives no responses.", "type")
        order = order_of(event.response or {}, self._config, self.conversation, self._ids)
        self._idle_since_seconds = None
        waits_for = self._transcripts.pending if order.items is None else ()
        effects = self._replies.create(order, waits_for, now.seconds)
        if order.conversation is not None:
            self._reply_due = False
        return effects

    def _cancel(self, event: client.CancelResponse, now: Moment) -> list[Effect]:
        response_id = event.response_id
        wanted = self._replies.active if response_id is None else None
        if response_id is not None:
            wanted = next((one for one in self._replies.live if one.id == response_id), None)
        if wanted is None:
            raise EventRefused("response_cancel_not_active", "Cancellation failed: no active response found")
        effects = self._replies.cancel(wanted, "client_cancelled")
        if wanted.order.conversation is None:
            return effects
        # Who stops the reply wants no other one in its place either.
        self._reply_due = False
        return self._after_reply(effects, now)

    def _clear_output(self, _event: client.ClearOutput, now: Moment) -> list[Effect]:
        if not self._plays:
            raise EventRefused("invalid_value", "This client plays by itself, so there is nothing here to clear.", "type")
        active = self._replies.active
        effects = self._replies.cancel(active, "client_cancelled") if active is not None and active.has_sound else []
        return effects + self._replies.hush(now.heard, now.seconds)

    def _face_changed(self, change: happening.FaceChanged, now: Moment) -> list[Effect]:
        effects: list[Effect] = []
        if self._plays:
            # What is made further would be heard by nobody, or from its middle on.
            active = self._replies.active
            if active is not None and active.has_sound:
                effects += self._replies.cancel(active, "client_cancelled")
            effects += self._replies.hush(now.heard, now.seconds)
        self._attached, self._plays = change.attached, change.plays
        # Gone, or here by another way before anybody knew that it was gone: what it was saying has a hole, or no end.
        self._sound.clear()
        return effects + self._heed(self._listening.abandon(), now)

    def _tick(self, _tick: happening.Tick, now: Moment) -> list[Effect]:
        if now.seconds >= self.beginning.started_seconds + self._limits.longest_session_seconds:
            minutes = self._limits.longest_session_seconds / 60
            message = f"Your session hit the maximum duration of {minutes:g} minutes."
            return [self._teller.fail("session_expired", message), *self._ended(), Hangup(EXPIRED, "session expired")]
        effects = [effect for reply in self._replies.live for effect in self._stalled(reply, now)]
        playing = self._replies.playing
        if playing.queue and self._replies.active is None and now.seconds >= playing.until_seconds + DRAIN_PATIENCE_SECONDS:
            effects += [effect for played in playing.queue for effect in self._replies.drained(played.item_id)]
        idle_at = self._idle_at_seconds()
        if idle_at is not None and now.seconds >= idle_at:
            self._idle_since_seconds = None
            effects += self._heed(self._listening.commit_silence(), now)
        return effects

    def _stalled(self, reply: Reply, now: Moment) -> list[Effect]:
        """A reply that does not get on must not leave its client in silence for ever."""
        if now.seconds < reply.last_progress_seconds + self._limits.stalled_seconds:
            return []
        effects: list[Effect] = []
        for item_id in sorted(reply.waits_for):
            effects += self._transcripts.drop(item_id)
        message = f"Nothing more came of this reply for {self._limits.stalled_seconds:g} s."
        failed = happening.AnswerFailed(reply.id, "response_stalled", message)
        return effects + self._after_reply(self._replies.failed(failed), now)

    def snapshot(self, now_seconds: float) -> bytes:
        """What another process needs to go on with it, at a turn boundary."""
        age_seconds = now_seconds - self.beginning.started_seconds
        return frozen(Frozen.of(self.beginning, age_seconds, self._config, self.conversation, spoke=self._replies.spoke))

    @staticmethod
    def restore(
        data: bytes,
        ids: Callable[[str], str],
        limits: SessionLimits,
        now_seconds: float,
        require: Callable[[SessionConfig], None] = lambda _: None,
    ) -> "Session":
        """The session of a snapshot. Raises ValueError when it is none."""
        kept = thawed(data)
        beginning = Beginning(
            kept.session_id, kept.conversation_id, now_seconds - kept.age_seconds, kept.expires_unix_seconds, kept.told
        )
        made = Session(beginning, kept.settings(), ids, limits, require)
        for item in kept.items:
            made.conversation.add(item)
        made._replies.spoke = kept.spoke
        return made

    def _ended(self) -> list[Effect]:
        return [effect for reply in self._replies.live for effect in self._replies.cancel(reply, "client_cancelled")]

    def _idle_at_seconds(self) -> float | None:
        """When somebody who says nothing is spoken to."""
        detection = self._config.input.turn_detection
        if not isinstance(detection, ServerVad) or detection.idle_timeout_ms is None or self._idle_since_seconds is None:
            return None
        if not self._listening.quiet or self._replies.active is not None or not self._attached:
            return None
        since_seconds = max(self._idle_since_seconds, self._replies.playing.until_seconds)
        return since_seconds + detection.idle_timeout_ms / 1000
