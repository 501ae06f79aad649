"""All sessions of a server: who gets one, who comes back to one, and what becomes of them when the server stops."""

import asyncio
import hashlib
import itertools
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import msgspec

from voxhelm.domain.caller import Caller, Priority
from voxhelm.domain.errors import SessionNotFound, SessionsFull, ShuttingDown, VoxhelmError
from voxhelm.realtime.beginning import Beginning
from voxhelm.realtime.conductor import NORMAL, Conductor, Place
from voxhelm.realtime.limits import SessionLimits
from voxhelm.realtime.outbox import Told
from voxhelm.realtime.refusal import EventRefused
from voxhelm.realtime.room import Room
from voxhelm.realtime.session import Session
from voxhelm.realtime.session_config import SessionConfig
from voxhelm.serving.line import Line, LineOptions, Ticket
from voxhelm.store.handovers import Handovers

TOKEN_BYTES: Final = 32
ID_BYTES: Final = 12
# Until a conversation is over by itself: what else would a caller be told who may not have another one?
KEY_RETRY_SECONDS: Final = 30.0
RESTART_SECONDS: Final = 5.0
SWEEP_SECONDS: Final = 30.0

Refusal = TypeVar("Refusal", SessionsFull, ShuttingDown)


@dataclass(frozen=True, slots=True)
class SessionsOptions:
    """What the operator allows.

    most: sessions at once. most_per_key: the same of one caller, None for no limit. most_waiting, waiting_seconds: who waits for a place.
    """

    most: int = 50
    most_per_key: int | None = None
    most_waiting: int = 16
    waiting_seconds: float = 10.0


class _Left(msgspec.Struct, array_like=True):
    """A session on its way to another process."""

    key: str
    call_id: str | None
    session: bytes
    told: list[tuple[str, bytes]]


class Sessions:
    """The sessions that are open. On the event loop."""

    def __init__(
        self,
        room: Room,
        limits: SessionLimits,
        options: SessionsOptions,
        handovers: Handovers,
        require: Callable[[SessionConfig], None],
    ) -> None:
        """limits: of each session. handovers: where sessions are left for the next process. require: raises if one could not be served."""
        self._room = room
        self._limits = limits
        self._options = options
        self._handovers = handovers
        self._require = require
        self._line = Line(LineOptions(options.most, options.most_waiting))
        self._numbers = itertools.count(1)
        self._waiters: dict[int, asyncio.Future[None]] = {}
        self._keys: Counter[str] = Counter()
        self._open: dict[str, Conductor] = {}
        self._calls: dict[str, Conductor] = {}
        self._by_digest: dict[str, Conductor] = {}
        self._digests: dict[str, str] = {}
        self._draining = False

    @property
    def count(self) -> int:
        """How many are open."""
        return len(self._open)

    async def open(self, wanted: SessionConfig, caller: Caller, *, call_id: str | None = None) -> Conductor:
        """A new session, after waiting for a place. call_id: by which others find it.

        Raises SessionsFull with a time to come back, ShuttingDown, and ModelNotFound and others for what cannot be served.
        """
        self._require(wanted)
        if self._draining:
            raise self._shutting_down()
        if self._has_all(caller) and not self._take_leave(caller.key):
            raise self._refused("key", self._no_more())
        ticket = Ticket(next(self._numbers), caller.key, Priority.REALTIME, self._now_seconds)
        self._keys[caller.key] += 1
        try:
            patience_seconds = self._options.waiting_seconds
            if caller.patience_seconds is not None:
                patience_seconds = min(patience_seconds, caller.patience_seconds)
            await self._take(ticket, patience_seconds)
            return self._begin(wanted, Place(caller, call_id, lambda ended: self._over(ended, ticket)))
        except BaseException:
            self._leave(ticket)
            raise

    def resume(self, token: str) -> Conductor:
        """The session of a token, which another process may have left. Raises SessionNotFound, SessionsFull."""
        digest = _digest(token)
        found = self._by_digest.get(digest)
        if found is not None and not found.over:
            self._room.metrics.realtime_resumed.labels(**{"from": "memory"}).inc()
            return found
        return self._taken_up(digest, token)

    def require_place(self, caller: Caller) -> None:
        """Raise what `open` would raise if it did not wait: for clients that were refused and are not told why, as pages are."""
        if self._draining:
            raise _going_away()
        if self._has_all(caller):
            raise self._no_more()
        if self._line.in_flight >= self._options.most:
            raise self._no_place()

    def require_known(self, token: str) -> None:
        """Raise SessionNotFound if there is nothing that `resume` could give, likewise."""
        digest = _digest(token)
        if digest not in self._by_digest and not self._handovers.has(digest):
            raise _unknown_token()

    def call(self, call_id: str) -> Conductor:
        """The session of a call. Raises SessionNotFound."""
        found = self._calls.get(call_id)
        if found is None or found.over:
            raise SessionNotFound(f"There is no call '{call_id[:100]}', or it is over.", param="call_id")
        return found

    async def drain(self, grace_seconds: float) -> None:
        """Begin no more, and have each session go on elsewhere: when nobody speaks, and at the latest after so long."""
        self._draining = True
        for waiter in self._waiters.values():
            if not waiter.done():
                waiter.set_exception(self._shutting_down())
        leaving = list(self._open.values())
        for conductor in leaving:
            conductor.hand_over(self._leave_behind, now=False)
        ends = [asyncio.ensure_future(conductor.wait_ended()) for conductor in leaving]
        if ends:
            await asyncio.wait(ends, timeout=grace_seconds)
        for conductor in leaving:
            conductor.hand_over(self._leave_behind, now=True)
        await asyncio.gather(*ends)

    async def run(self) -> None:
        """Delete what nobody came for, again and again, until cancelled."""
        while True:
            try:
                await asyncio.to_thread(self._handovers.forget_old)
            except OSError as error:
                self._room.log.warning("sessions that were left cannot be looked through", reason=str(error))
            await asyncio.sleep(max(SWEEP_SECONDS, self._room.resume_seconds))

    @property
    def _now_seconds(self) -> float:
        return self._room.clock.monotonic_seconds()

    def _has_all(self, caller: Caller) -> bool:
        """Whether a caller has as many as one may."""
        most = self._options.most_per_key
        return most is not None and self._keys[caller.key] >= most

    def _require_change(self, wanted: SessionConfig) -> None:
        try:
            self._require(wanted)
        except VoxhelmError as error:
            raise EventRefused(error.code, error.message, f"session.{error.param}" if error.param else None) from error

    async def _take(self, ticket: Ticket, patience_seconds: float) -> None:
        if self._line.in_flight >= self._options.most:
            self._take_leave()
        offered = self._line.offer(ticket, ticket.arrived_seconds)
        if offered.displaced is not None:
            waiter = self._waiters.pop(offered.displaced.number, None)
            if waiter is not None and not waiter.done():
                waiter.set_exception(self._full())
        if offered.served:
            return
        if not offered.waits:
            raise self._full()
        waiter = asyncio.get_running_loop().create_future()
        self._waiters[ticket.number] = waiter
        self._advance()
        try:
            async with asyncio.timeout(patience_seconds):
                await waiter
        except TimeoutError as error:
            raise self._full() from error
        finally:
            self._waiters.pop(ticket.number, None)
            self._room.metrics.realtime_waiting.set(len(self._waiters))

    def _take_leave(self, key: str | None = None) -> bool:
        """End the session of a client that said goodbye, the oldest, since somebody needs its place. key: of one caller."""
        gone = (one for one in self._open.values() if one.left and not one.over and key in (None, one.caller.key))
        first = next(gone, None)
        if first is not None:
            first.end(NORMAL, "Its client has left, and somebody else needs the place.")
        return first is not None

    def _advance(self) -> None:
        while (ticket := self._line.serve_next(self._now_seconds)) is not None:
            waiter = self._waiters.pop(ticket.number, None)
            if waiter is None or waiter.done():
                self._line.leave(ticket, self._now_seconds)
            else:
                waiter.set_result(None)
        self._room.metrics.realtime_waiting.set(len(self._waiters))

    def _leave(self, ticket: Ticket) -> None:
        self._line.leave(ticket, self._now_seconds)
        self._keys[ticket.key] -= 1
        if self._keys[ticket.key] <= 0:
            del self._keys[ticket.key]
        self._advance()

    def _begin(self, wanted: SessionConfig, place: Place) -> Conductor:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        expires = int(self._room.clock.unix_seconds() + self._limits.longest_session_seconds)
        beginning = Beginning(_id("sess"), _id("conv"), self._now_seconds, expires, self._told(token))
        conductor = Conductor(Session(beginning, wanted, _id, self._limits, self._require_change), self._room, place)
        self._enter(conductor, _digest(token))
        self._room.log.info("realtime session begins", session=conductor.session_id, kind=wanted.kind.value, call=place.call_id)
        return conductor

    def _taken_up(self, digest: str, token: str) -> Conductor:
        if self._draining:
            raise self._shutting_down()
        if self._line.in_flight >= self._options.most:
            raise self._full()
        try:
            data = self._handovers.take(digest)
        except OSError as error:
            self._room.log.warning("a session that was left cannot be read", reason=str(error))
            data = None
        if data is None:
            raise _unknown_token()
        try:
            left = msgspec.msgpack.decode(data, type=_Left)
            session = Session.restore(left.session, _id, self._limits, self._now_seconds, self._require_change)
        except (ValueError, msgspec.DecodeError) as error:
            self._room.log.warning("a session that was left is of another version", reason=str(error))
            raise SessionNotFound("This session cannot be resumed by this version of the server.", param="resume") from error
        session.beginning = replace(session.beginning, told=self._told(token))
        ticket = Ticket(next(self._numbers), left.key, Priority.REALTIME, self._now_seconds)
        self._line.offer(ticket, self._now_seconds)
        self._keys[left.key] += 1
        place = Place(Caller(left.key, Priority.REALTIME), left.call_id, lambda ended: self._over(ended, ticket))
        conductor = Conductor(session, self._room, place, [Told(*told) for told in left.told])
        self._enter(conductor, digest)
        self._room.metrics.realtime_resumed.labels(**{"from": "disk"}).inc()
        return conductor

    def _enter(self, conductor: Conductor, digest: str) -> None:
        self._open[conductor.session_id] = conductor
        self._by_digest[digest] = conductor
        self._digests[conductor.session_id] = digest
        if conductor.call_id is not None:
            self._calls[conductor.call_id] = conductor
        self._room.metrics.realtime_sessions.set(len(self._open))

    def _over(self, conductor: Conductor, ticket: Ticket) -> None:
        self._open.pop(conductor.session_id, None)
        self._by_digest.pop(self._digests.pop(conductor.session_id, ""), None)
        if conductor.call_id is not None:
            self._calls.pop(conductor.call_id, None)
        self._room.metrics.realtime_sessions.set(len(self._open))
        self._leave(ticket)

    def _leave_behind(self, conductor: Conductor) -> None:
        if self._room.resume_seconds <= 0:
            return
        session, told = conductor.snapshot()
        left = _Left(conductor.caller.key, conductor.call_id, session, [(one.event_id, one.data) for one in told])
        try:
            # Here and now: its client comes back as soon as it is told to, and must find it.
            self._handovers.leave(self._digests[conductor.session_id], msgspec.msgpack.encode(left))
        except OSError as error:
            self._room.log.warning("a session cannot be left for the next process", session=conductor.session_id, reason=str(error))

    def _told(self, token: str) -> dict[str, Any]:
        if self._room.resume_seconds <= 0:
            return {}
        return {"resume_token": token, "resume_seconds": self._room.resume_seconds}

    def _full(self) -> SessionsFull:
        return self._refused("full", self._no_place())

    def _shutting_down(self) -> ShuttingDown:
        return self._refused("shutting_down", _going_away())

    def _refused(self, reason: str, refusal: Refusal) -> Refusal:
        self._room.metrics.realtime_refused.labels(reason=reason).inc()
        return refusal

    def _no_place(self) -> SessionsFull:
        retry_seconds = self._line.wait_seconds()
        message = f"All places for sessions are taken ({self._options.most}). Try again in about {retry_seconds:.0f} s."
        return SessionsFull(message, retry_after_seconds=retry_seconds)

    def _no_more(self) -> SessionsFull:
        message = f"You have {self._options.most_per_key} sessions already, as many as you may. End one first."
        return SessionsFull(message, retry_after_seconds=KEY_RETRY_SECONDS)


def _going_away() -> ShuttingDown:
    return ShuttingDown("The server is going away, and begins no more sessions.", retry_after_seconds=RESTART_SECONDS)


def _id(kind: str) -> str:
    return f"{kind}_{secrets.token_hex(ID_BYTES)}"


def _unknown_token() -> SessionNotFound:
    return SessionNotFound("No session can be resumed with this token: it is over, or was never one.", param="resume")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
