"""One session at work: messages in, in one order; what they come to, out, in one order."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

import msgspec

from voxhelm.domain.caller import Caller
from voxhelm.domain.pcm import Pcm
from voxhelm.realtime import effects as effect
from voxhelm.realtime import happenings as happening
from voxhelm.realtime.answering import Answering
from voxhelm.realtime.client_events import CancelResponse, InvalidEvent, parse
from voxhelm.realtime.face import Face, PlayingFace
from voxhelm.realtime.judging import Judging
from voxhelm.realtime.live_hearing import LiveHearing
from voxhelm.realtime.mishap import mishap
from voxhelm.realtime.outbox import Outbox, Told
from voxhelm.realtime.refusal import EventRefused
from voxhelm.realtime.room import Room
from voxhelm.realtime.session import Session
from voxhelm.realtime.session_config import SemanticVad
from voxhelm.realtime.watching import Watching
from voxhelm.realtime.waterfall import FIRST_SOUND, FIRST_TEXT, TRANSCRIPT, Waterfall

# Close codes of WebSockets.
NORMAL: Final = 1000
GOING_AWAY: Final = 1001
FAILED: Final = 1011
RESTARTING: Final = 1012
# Of a close frame; the rest of its 125 bytes is for the code.
LONGEST_REASON_CHARACTERS: Final = 120
# Messages that are handled before everybody else gets a turn.
AT_A_TIME: Final = 32
# A timer that is due again and again must not take everybody's time.
LEAST_WAIT_SECONDS: Final = 0.005
# From here on a window holds a voice, whatever the session takes for the beginning of one.
VOICED: Final = 0.5
# A client that was let in has at least so long to be there: calls take a while to connect.
CONNECT_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """Whose session it is. caller: who pays for it. call_id: of a call."""

    caller: Caller
    call_id: str | None = None
    ended: Callable[["Conductor"], None] = field(default=lambda _: None)


class Conductor:
    """Carries out what a session wants done. On the event loop; every method returns at once, and what it leads to comes later.

    Messages wait in one line and are handled one after the other, so the order of events is total. No task is made for a message.
    """

    def __init__(self, session: Session, room: Room, place: Place, kept: Iterable[Told] | None = None) -> None:
        """kept: what its client was told by an earlier process; None for a new session."""
        self.session_id = session.beginning.session_id
        self.call_id = place.call_id
        self.caller = place.caller
        self._session = session
        self._room = room
        self._place = place
        self._outbox = Outbox(room.kept_event_bytes, kept or ())
        self._outbox.whole = kept is None
        self._hearing = LiveHearing(room.ears, place.caller, self._post)
        self._answering = Answering(room.mouth, place.caller, self._post, self._first_text)
        self._watching = Watching(room.watcher, self._post, room.log)
        self._waterfall = Waterfall(room.metrics)
        self._judging = Judging(room.judge, self._hearing.words, place.caller, self._post)
        self._face: Face | None = None
        self._plays = False
        self._beside: list[Face] = []
        self._inbox: deque[Any] = deque()
        self._due: asyncio.Handle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.left = False
        """Whether its client has said goodbye."""
        self._alone_until_seconds: float | None = self._now_seconds + max(CONNECT_SECONDS, room.resume_seconds)
        self._watched_ms = 0.0
        self._leaving: Callable[[Conductor], None] | None = None
        self._over = False
        self._ended: asyncio.Task[None] | None = None
        self._end_known = asyncio.Event()
        if kept is None:
            self._post(lambda: self._perform(self._session.greet()))
        self._arm()

    @property
    def _now_seconds(self) -> float:
        return self._room.clock.monotonic_seconds()

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self._over

    def receive(self, data: bytes | str) -> None:
        """A client event as it came."""
        self._post(data)

    def refuse(self, refusal: EventRefused) -> None:
        """Tell the client of something that its face would not have."""
        self._post(lambda: self._perform(self._session.refuse(refusal, None)))

    def hear(self, pcm: Pcm) -> None:
        """The caller's sound, at 24 kHz, from a face that plays."""
        self._post(happening.Sound(pcm))

    def drained(self, item_id: str) -> None:
        """All of an item was played to its end by a face that plays."""
        self._post(happening.Drained(item_id))

    def attach(self, face: Face, *, plays: bool, after_event_id: str | None = None) -> None:
        """The client is there. plays: whether it is a `PlayingFace`. Another face that it may still have is closed.

        after_event_id: the last event that it knows of; those behind it are sent again. Without it, or when it is not known any more,
        all that are kept are, and `session.created` first.
        """
        if self._over:
            face.close(GOING_AWAY, "The session is over.")
        self._post(lambda: self._attach(face, plays=plays, after_event_id=after_event_id))

    def detach(self, face: Face, *, left: bool = False) -> None:
        """The client has dropped: unless it comes back in time, the session ends.

        left: whether it said goodbye. It may come back all the same, as long as nobody else needs its place.
        """
        self._post(lambda: self._detach(face, left=left))

    def join(self, face: Face) -> None:
        """Somebody looks on, and may say something by `receive`."""
        if self._over:
            face.close(GOING_AWAY, "The session is over.")
        self._post(lambda: self._join(face))

    def leave(self, face: Face) -> None:
        """Somebody looks on no more."""
        self._post(lambda: self._beside.remove(face) if face in self._beside else None)

    def end(self, code: int, reason: str) -> None:
        """End it for good. code: for WebSockets' close frames."""
        self._finish(code, reason)

    def hand_over(self, save: Callable[["Conductor"], None], *, now: bool) -> None:
        """End it so that another process may go on with it: when nobody speaks any more, or now. save: called once, before the end."""
        self._leaving = save
        if now:
            self._go()
        else:
            self._post(lambda: None)

    def snapshot(self) -> tuple[bytes, list[Told]]:
        """The session, and what its client was told last, without secrets: for when it ends."""
        self._session.beginning = replace(self._session.beginning, told={})
        return self._session.snapshot(self._now_seconds), [told for told in self._outbox.all() if not told.private]

    async def wait_ended(self) -> None:
        """Until it is over and nothing works for it any more."""
        await self._end_known.wait()
        if self._ended is not None:
            await asyncio.shield(self._ended)

    def _post(self, message: object) -> None:
        if self._over:
            return
        self._inbox.append(message)
        if self._due is None:
            self._due = asyncio.get_running_loop().call_soon(self._work)

    def _work(self) -> None:
        self._due = None
        for _ in range(min(len(self._inbox), AT_A_TIME)):
            if self._over:
                return
            self._handle(self._inbox.popleft())
        if self._over:
            return
        if self._leaving is not None and self._session.at_turn_boundary:
            self._go()
            return
        if self._inbox:
            self._due = asyncio.get_running_loop().call_soon(self._work)
        self._arm()

    def _handle(self, message: Any) -> None:
        try:
            if callable(message):
                message()
            elif isinstance(message, bytes | str):
                self._perform(self._said(message))
            else:
                self._note(message)
                self._perform(self._taken(message))
        except Exception as error:  # noqa: BLE001 - a bug ends this session, and no other
            _, message = mishap(self._room.log, "a session", error)
            self._finish(FAILED, message[:LONGEST_REASON_CHARACTERS])

    def _said(self, data: bytes | str) -> list[effect.Effect]:
        try:
            event = parse(data)
        except InvalidEvent as refusal:
            return self._session.refuse(refusal, refusal.event_id)
        return self._taken(event)

    def _taken(self, message: Any) -> list[effect.Effect]:
        playing = cast("PlayingFace", self._face).heard() if self._plays and self._face is not None else None
        return self._session.take(message, self._now_seconds, playing)

    def _note(self, message: object) -> None:
        """What others than the session want to know of a happening."""
        if isinstance(message, happening.Voices):
            if max(message.probabilities, default=0.0) >= VOICED:
                self._hearing.go_on()
        elif isinstance(message, happening.Heard):
            self._waterfall.reached(TRANSCRIPT, self._now_seconds)
        elif isinstance(message, happening.AnswerSpeech) and len(message.pcm.samples):
            self._waterfall.reached(FIRST_SOUND, self._now_seconds)

    def _first_text(self) -> None:
        self._waterfall.reached(FIRST_TEXT, self._now_seconds)

    def _perform(self, wanted: Iterable[effect.Effect]) -> None:
        for one in wanted:
            if self._over:
                return
            self._do(one)

    def _do(self, wanted: effect.Effect) -> None:  # noqa: C901 - one case for each effect there is
        match wanted:
            case effect.Send(event):
                self._send(event)
            case effect.Watch(pcm):
                self._watch(pcm)
            case effect.FeedHearing(item_id, pcm):
                self._hearing.feed(item_id, pcm)
            case effect.Play() | effect.EndPlay() | effect.Hush() | effect.Duck():
                self._play(wanted)
            case effect.StartWatching(start_ms):
                self._watched_ms = start_ms
                self._watching.start(start_ms)
                if isinstance(self._session.config.input.turn_detection, SemanticVad):
                    self._room.judge.prepare()
            case effect.StopWatching():
                self._watching.stop()
            case effect.TurnOver(voice_end_ms):
                self._waterfall.turn_ended(voice_end_ms, self._now_seconds)
            case effect.OpenHearing(item_id, transcription, partly):
                self._hearing.open(item_id, transcription, partly=partly)
            case effect.PauseHearing(item_id):
                self._hearing.pause(item_id)
            case effect.FinishHearing(item_id, seconds):
                self._hearing.finish(item_id, seconds)
            case effect.DropHearing(item_id):
                self._hearing.drop(item_id)
            case effect.JudgeTurn():
                self._judging.judge(wanted)
            case effect.StartAnswer():
                self._answering.start(wanted)
            case effect.StopAnswer(response_id):
                self._answering.stop(response_id)
            case effect.Hangup(code, reason):
                self._finish(code, reason)

    def _send(self, event: dict[str, object]) -> None:
        kind = event["type"]
        data = msgspec.json.encode(event)
        # It has the token by which the session is taken up again, which is nothing for disks, and for nobody else.
        private = kind in ("session.created", "session.updated")
        self._outbox.append(Told(str(event["event_id"]), data, private))
        if private:
            self._room.prepare(self._session.config)
        elif kind == "response.done":
            self._count(cast("dict[str, Any]", event["response"]))
        if self._face is not None:
            self._face.send(data)
        if self._beside and private:
            data = msgspec.json.encode(_without_token(event))
        for face in self._beside:
            face.send(data)

    def _count(self, response: dict[str, Any]) -> None:
        self._room.metrics.realtime_responses.labels(status=response["status"]).inc()
        if (response.get("status_details") or {}).get("reason") == "turn_detected":
            self._room.metrics.realtime_barge_ins.inc()

    def _watch(self, pcm: Pcm) -> None:
        self._watched_ms += pcm.duration_seconds * 1000
        self._waterfall.arrived(self._watched_ms, self._now_seconds)
        self._watching.feed(pcm)

    def _play(self, wanted: effect.Play | effect.EndPlay | effect.Hush | effect.Duck) -> None:
        if not self._plays or self._face is None:
            return
        face = cast("PlayingFace", self._face)
        match wanted:
            case effect.Play(item_id, pcm):
                face.play(item_id, pcm)
            case effect.EndPlay(item_id):
                face.end_play(item_id)
            case effect.Hush():
                face.hush()
            case effect.Duck(gain):
                face.duck(gain)

    def _attach(self, face: Face, *, plays: bool, after_event_id: str | None) -> None:
        if self._face is not None and self._face is not face:
            self._face.close(NORMAL, "The session goes on over another connection.")
        missed = self._outbox.behind(after_event_id)
        if missed is None:
            missed = self._outbox.all()
            if not self._outbox.whole:
                self._face = face
                self._perform(self._session.greet())
        self._face, self._plays = face, plays
        self._alone_until_seconds, self.left = None, False
        for told in missed:
            face.send(told.data)
        self._perform(self._taken(happening.FaceChanged(attached=True, plays=plays)))

    def _detach(self, face: Face, *, left: bool) -> None:
        if self._face is not face:
            return
        self.left = left
        effects = self._taken(happening.FaceChanged(attached=False))
        self._face, self._plays = None, False
        self._perform(effects)
        if self._room.resume_seconds <= 0:
            self._finish(GOING_AWAY, "The client has gone.")
        else:
            self._alone_until_seconds = self._now_seconds + self._room.resume_seconds

    def _join(self, face: Face) -> None:
        self._beside.append(face)
        created = self._session.greet()[0]
        if isinstance(created, effect.Send):
            face.send(msgspec.json.encode(_without_token(created.event)))

    def _go(self) -> None:
        save, self._leaving = self._leaving, None
        if save is not None and not self._over:
            self._break_off()
            save(self)
            self._finish(RESTARTING, "The server restarts. Resume the session.")

    def _break_off(self) -> None:
        """What cannot be waited for any longer ends as if the client had ended it."""
        if not self._session.at_turn_boundary:
            self._perform(self._taken(happening.FaceChanged(attached=False)))
            cancelled = self._taken(CancelResponse())
            if not any(isinstance(one, effect.Send) and one.event["type"] == "error" for one in cancelled):
                self._perform(cancelled)

    def _arm(self) -> None:
        """Wake up when something is due. A timer that is early does no harm, and changing it for each message would cost more."""
        due = [one for one in (self._session.wake_at_seconds, self._alone_until_seconds) if one is not None]
        if not due:
            return
        loop = asyncio.get_running_loop()
        at_seconds = loop.time() + max(LEAST_WAIT_SECONDS, min(due) - self._now_seconds)
        if self._timer is None or self._timer.when() > at_seconds:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = loop.call_at(at_seconds, self._wake)

    def _wake(self) -> None:
        self._timer = None
        if self._over:
            return
        now_seconds = self._now_seconds
        if self._alone_until_seconds is not None and now_seconds >= self._alone_until_seconds:
            self._finish(GOING_AWAY, "The client did not come back.")
            return
        wake_at_seconds = self._session.wake_at_seconds
        if wake_at_seconds is not None and now_seconds >= wake_at_seconds:
            self._post(happening.Tick())
        else:
            self._arm()

    def _finish(self, code: int, reason: str) -> None:
        if self._over:
            return
        self._over = True
        if self._timer is not None:
            self._timer.cancel()
        faces = [*self._beside, *([self._face] if self._face is not None else [])]
        self._face, self._plays, self._beside = None, False, []
        self._inbox.clear()
        for face in faces:
            face.close(code, reason)
        self._room.log.info("realtime session ended", session=self.session_id, code=code, reason=reason)
        self._ended = asyncio.create_task(self._let_go(), name=f"end-{self.session_id}")
        self._end_known.set()

    async def _let_go(self) -> None:
        await asyncio.gather(
            self._answering.aclose(),
            self._hearing.aclose(),
            self._watching.aclose(),
            self._judging.aclose(),
            return_exceptions=True,
        )
        self._place.ended(self)


def _without_token(event: dict[str, object]) -> dict[str, object]:
    session = cast("dict[str, object]", event["session"])
    return event | {"session": {name: value for name, value in session.items() if name != "voxhelm"}}
