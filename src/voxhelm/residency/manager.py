"""The one loop that decides what is loaded."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from voxhelm.domain.errors import (
    InsufficientMemory,
    ModelLoadFailed,
    ModelNotFound,
    OutOfMemory,
    ShuttingDown,
    Unavailable,
    VoxhelmError,
)
from voxhelm.domain.model import ModelSpec
from voxhelm.hosting.host import Host
from voxhelm.kit.clock import Clock
from voxhelm.kit.mailbox import Mailbox
from voxhelm.residency.lease import Lease
from voxhelm.residency.measurements import Measurements, peak_resident_bytes
from voxhelm.residency.planner import Plan, PlanOptions, Wanted, plan
from voxhelm.residency.state import ModelState, Phase
from voxhelm.telemetry.log import Log
from voxhelm.telemetry.metrics import Metrics

# How long a load that ran out of memory waits for what was unloaded to come back.
ROOM_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Asked:
    wanted: Wanted
    waiter: "asyncio.Future[list[Lease]]"


@dataclass(frozen=True, slots=True)
class _Released:
    model_id: str


@dataclass(frozen=True, slots=True)
class _Loaded:
    model_id: str
    host: Host
    seconds: float


@dataclass(frozen=True, slots=True)
class _LoadFailed:
    model_id: str
    error: VoxhelmError


@dataclass(frozen=True, slots=True)
class _Ended:
    model_id: str
    host: Host
    reason: str


@dataclass(frozen=True, slots=True)
class _Leave:
    model_id: str
    answer: "asyncio.Future[bool]"
    for_good: bool = False


@dataclass(frozen=True, slots=True)
class _Added:
    spec: ModelSpec
    state: ModelState
    answer: "asyncio.Future[None]"


_Message = _Asked | _Released | _Loaded | _LoadFailed | _Ended | _Leave | _Added


class Residency:
    """Grants leases on models, loading and unloading as the planner says.

    All state changes in one task (`run`); callers only leave messages.
    """

    def __init__(
        self,
        models: Iterable[tuple[ModelSpec, ModelState]],
        options: PlanOptions,
        measurements: Measurements,
        load: Callable[[ModelSpec], Awaitable[Host]],
        clock: Clock,
        metrics: Metrics,
        log: Log,
    ) -> None:
        """models: what may be loaded, each with the state it begins in. measurements: where peaks are kept. load: starts a host."""
        self._specs: dict[str, ModelSpec] = {}
        self._states: dict[str, ModelState] = {}
        for spec, state in models:
            self._specs[spec.id] = spec
            self._states[spec.id] = state
        self._options = options
        self._measurements = measurements
        self._load_seconds: dict[str, float] = {}
        self._plan = Plan()
        self._load = load
        self._clock = clock
        self._metrics = metrics
        self._log = log
        self._mailbox: Mailbox[_Message] = Mailbox(clock)
        self._hosts: dict[str, Host] = {}
        self._waiting: list[_Asked] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._retried: set[str] = set()
        self._leaving: dict[str, list[asyncio.Future[bool]]] = {}
        self._closed = False
        self.failure: str | None = None
        """Why the owner loop has ended, when it ended of its own fault."""

    async def run(self) -> None:
        """Own the state until cancelled or closed; then unload everything."""
        try:
            await self._mailbox.run(self._handle)
        except Exception as error:
            # Without its owner nothing can be loaded any more: that must not look like a healthy server.
            self.failure = f"{type(error).__name__}: {error}"
            self._log.error("residency failed", reason=self.failure)
            raise
        finally:
            self._closed = True
            await self._shut_down()

    def close(self) -> None:
        """End `run`."""
        self._mailbox.close()

    async def lease(self, model_id: str) -> Lease:
        """Wait until the model is loaded and hold it. Raises as `lease_all`."""
        (lease,) = await self.lease_all((model_id,))
        return lease

    async def lease_all(self, model_ids: Sequence[str]) -> list[Lease]:
        """Wait until all of these models are loaded, and hold them all from the same moment on.

        Whoever needs several must ask for them together: to hold one while waiting for room for another would be a deadlock.

        Raises what loading raised (ModelLoadFailed and others of `domain.errors`), InsufficientMemory when they can never fit, Unavailable
        with a retry time while a model that keeps dying is left alone, ModelNotFound for one that was removed, ShuttingDown.
        """
        if self._closed:
            raise ShuttingDown("The server is going away.")
        wanted = tuple(dict.fromkeys(model_ids))
        self._require_known(wanted)
        for model_id in wanted:
            self._refuse_resting(self._states[model_id])
        self._refuse_too_much(wanted)
        waiter: asyncio.Future[list[Lease]] = asyncio.get_running_loop().create_future()
        self._mailbox.post(_Asked(Wanted(wanted, self._clock.monotonic_seconds()), waiter))
        try:
            return await waiter
        except asyncio.CancelledError:
            # Granted in the same moment as the caller left: the leases must not be lost.
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                for lease in waiter.result():
                    lease.release()
            raise

    def _refuse_resting(self, state: ModelState) -> None:
        pause_seconds = state.retry_at_seconds - self._clock.monotonic_seconds()
        if state.phase is Phase.UNLOADED and state.failures and pause_seconds > 0:
            raise Unavailable(
                f"Model '{state.model_id}' failed {state.failures} times in a row and is left alone for {pause_seconds:.0f} s; "
                "the server's log says why.",
                retry_after_seconds=pause_seconds,
            )

    def _refuse_too_much(self, model_ids: Sequence[str]) -> None:
        for device, budget_bytes in self._options.budget_bytes_by_device.items():
            needed_bytes = sum(self._states[model_id].bytes_by_device.get(device, 0) for model_id in model_ids)
            if needed_bytes > budget_bytes:
                raise self._too_large(model_ids)

    async def unload(self, model_id: str) -> bool:
        """Unload a model that nobody uses, whatever its time to live; say whether it is unloaded now. One in use stays."""
        if self._closed:
            raise ShuttingDown("The server is going away.")
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._mailbox.post(_Leave(model_id, answer))
        host = self._hosts.get(model_id)
        unloaded = await answer
        if unloaded and host is not None:
            await asyncio.shield(host.ended)
        return unloaded

    async def add(self, spec: ModelSpec, state: ModelState) -> None:
        """Know one more model, or what is new of one that is known already; that is loaded with its next load."""
        if self._closed:
            raise ShuttingDown("The server is going away.")
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._mailbox.post(_Added(spec, state, answer))
        await answer

    async def remove(self, model_id: str) -> bool:
        """Unload a model that nobody uses and know it no more; say whether that is done. One in use stays."""
        if self._closed:
            raise ShuttingDown("The server is going away.")
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._mailbox.post(_Leave(model_id, answer, for_good=True))
        return await answer

    def phase(self, model_id: str) -> Phase:
        """Where the model is in its life."""
        state = self._states.get(model_id)
        return state.phase if state is not None else Phase.UNLOADED

    def knows(self, spec: ModelSpec) -> bool:
        """Whether it would load the model as `spec` has it."""
        return self._specs.get(spec.id) == spec and spec.id not in self._leaving

    def host_of(self, model_id: str) -> Host | None:
        """The loaded model, to look at; using it takes a lease."""
        return self._hosts.get(model_id)

    def _handle(self, message: _Message | None) -> float | None:
        now_seconds = self._clock.monotonic_seconds()
        match message:
            case _Asked():
                self._queue(message)
            case _Released():
                self._change(message.model_id, lambda state: state.released(now_seconds))
                if self._states[message.model_id].leases == 0:
                    self._measure(message.model_id)
            case _Loaded():
                self._take_over(message, now_seconds)
            case _LoadFailed():
                self._give_up_loading(message, now_seconds)
            case _Ended():
                self._mourn(message, now_seconds)
            case _Leave():
                self._dismiss(message)
            case _Added():
                self._welcome(message)
            case None:
                pass
        return self._act(now_seconds)

    def _queue(self, asked: _Asked) -> None:
        try:
            self._require_known(asked.wanted.model_ids)
        except ModelNotFound as error:
            # Removed in the moment between the question and its turn.
            if not asked.waiter.done():
                asked.waiter.set_exception(error)
            return
        self._waiting.append(asked)
        for model_id in asked.wanted.model_ids:
            self._change(model_id, ModelState.asked)
        self._grant()

    def _require_known(self, model_ids: Iterable[str]) -> None:
        for model_id in model_ids:
            if model_id not in self._states or model_id in self._leaving:
                raise ModelNotFound(f"Model '{model_id}' has been removed.", param="model")

    def _act(self, now_seconds: float) -> float | None:
        """Drop the waiters that have gone, do what the planner says, and grant what can be granted then."""
        for asked in [asked for asked in self._waiting if asked.waiter.done()]:
            self._forget(asked)
        wanted = [asked.wanted for asked in self._waiting]
        todo = self._plan = plan(self._states.values(), wanted, self._options, now_seconds)
        for model_id in todo.refuse:
            self._refuse(model_id, self._too_large((model_id,)))
        for model_id in todo.load:
            self._change(model_id, ModelState.loading)
            self._spawn(self._load_one(model_id))
        for model_id in todo.unload:
            self._change(model_id, ModelState.unloading)
            self._spawn(self._hosts[model_id].stop())
        self._grant()
        return todo.wake_at_seconds

    def _change(self, model_id: str, transition: Callable[[ModelState], ModelState]) -> None:
        state = transition(self._states[model_id])
        self._states[model_id] = state
        self._metrics.model_leases.labels(model=model_id).set(state.leases)

    def _grant(self) -> None:
        """Give every waiter whose models are all loaded and open its leases, in order of arrival."""
        for asked in list(self._waiting):
            if not all(self._open(model_id) for model_id in asked.wanted.model_ids):
                continue
            self._waiting.remove(asked)
            if asked.waiter.done():
                for model_id in asked.wanted.model_ids:
                    self._change(model_id, ModelState.gave_up)
                continue
            for model_id in asked.wanted.model_ids:
                self._change(model_id, ModelState.granted)
            asked.waiter.set_result([self._lease_of(model_id) for model_id in asked.wanted.model_ids])

    def _open(self, model_id: str) -> bool:
        return self._states[model_id].phase is Phase.LOADED and model_id in self._hosts and model_id not in self._plan.closed

    def _lease_of(self, model_id: str) -> Lease:
        return Lease(self._hosts[model_id], lambda: self._mailbox.post(_Released(model_id)))

    def _refuse(self, model_id: str, error: VoxhelmError) -> None:
        """Tell everybody who waits for this model."""
        for asked in [asked for asked in self._waiting if model_id in asked.wanted.model_ids]:
            self._forget(asked)
            if not asked.waiter.done():
                asked.waiter.set_exception(error)

    def _forget(self, asked: _Asked) -> None:
        self._waiting.remove(asked)
        for model_id in asked.wanted.model_ids:
            self._change(model_id, ModelState.gave_up)

    def _give_up_loading(self, message: _LoadFailed, now_seconds: float) -> None:
        model_id = message.model_id
        idle = [
            other for other, state in self._states.items() if state.phase is Phase.LOADED and not state.leases and not state.pinned
        ]
        if isinstance(message.error, OutOfMemory) and idle and model_id not in self._retried:
            # The estimate was too small, or somebody else holds the memory: make all the room there is, and try once more.
            self._retried.add(model_id)
            self._change(model_id, lambda state: state.postponed(now_seconds + ROOM_SECONDS))
            for other in idle:
                self._change(other, ModelState.unloading)
                self._spawn(self._hosts[other].stop())
            return
        self._retried.discard(model_id)
        error = message.error
        if isinstance(error, OutOfMemory):
            error = InsufficientMemory(
                f"Model '{model_id}' ran out of memory while loading. {self._holders((model_id,))}", retry_after_seconds=5.0
            )
        self._change(model_id, lambda state: state.failed(now_seconds))
        self._refuse(model_id, error)

    def _too_large(self, model_ids: Sequence[str]) -> InsufficientMemory:
        needs = [
            f"'{model_id}' needs {size:,} bytes on {device}"
            for model_id in model_ids
            for device, size in self._states[model_id].bytes_by_device.items()
        ]
        return InsufficientMemory(
            f"Model {', '.join(needs)}, which can never fit into the budget (models.memory_budget_bytes). {self._holders(model_ids)}"
        )

    def _holders(self, but: Sequence[str]) -> str:
        holders = [
            f"{state.model_id} ({sum(state.bytes_by_device.values()):,} bytes{', pinned' if state.pinned else ''})"
            for state in self._states.values()
            if state.holds_memory and state.model_id not in but
        ]
        return f"Memory is held by: {', '.join(holders)}." if holders else "No other model is loaded."

    def _take_over(self, message: _Loaded, now_seconds: float) -> None:
        self._hosts[message.model_id] = message.host
        self._retried.discard(message.model_id)
        self._change(message.model_id, lambda state: state.loaded(now_seconds))
        self._load_seconds[message.model_id] = round(message.seconds, 3)
        self._measure(message.model_id)
        self._metrics.model_loads.labels(model=message.model_id, outcome="loaded").inc()
        self._metrics.model_load_seconds.labels(model=message.model_id).observe(message.seconds)
        self._metrics.models_loaded.labels(model=message.model_id).set(1)
        self._log.info(
            "model loaded", model=message.model_id, seconds=round(message.seconds, 3), resident_bytes=message.host.resident_bytes
        )
        self._grant()

    def _measure(self, model_id: str) -> None:
        """Look at the peak of a loaded model, remember it, and reserve what it needs instead of what was thought."""
        host = self._hosts.get(model_id)
        peak_bytes = peak_resident_bytes(host.process_id) if host is not None and host.process_id is not None else None
        if peak_bytes is None:
            return
        now_unix_seconds = self._clock.unix_seconds()
        if self._measurements.record(model_id, peak_bytes, self._load_seconds.get(model_id, 0.0), now_unix_seconds):
            reserved = self._states[model_id].bytes_by_device
            self._change(model_id, lambda state: state.measured({**reserved, "cpu": max(peak_bytes, reserved.get("cpu", 0))}))

    def _dismiss(self, message: _Leave) -> None:
        model_id, state = message.model_id, self._states.get(message.model_id)
        free = state is None or (not state.leases and not state.waiting and state.phase is not Phase.LOADING)
        if free and state is not None and state.phase is Phase.LOADED:
            self._change(model_id, ModelState.unloading)
            self._spawn(self._hosts[model_id].stop())
        if message.for_good and free and state is not None:
            # Answered when it is gone; who asks for the same meanwhile gets the same answer.
            self._leaving.setdefault(model_id, []).append(message.answer)
            self._let_go(model_id)
        elif not message.answer.done():
            message.answer.set_result(free)

    def _let_go(self, model_id: str) -> None:
        """Know a model no more, if it is leaving and its host has gone."""
        if model_id not in self._leaving or self._states[model_id].phase is not Phase.UNLOADED:
            return
        del self._states[model_id], self._specs[model_id]
        for answer in self._leaving.pop(model_id):
            if not answer.done():
                answer.set_result(True)

    def _welcome(self, message: _Added) -> None:
        model_id = message.spec.id
        self._specs[model_id] = message.spec
        self._states.setdefault(model_id, message.state)
        if not message.answer.done():
            message.answer.set_result(None)

    def _mourn(self, message: _Ended, now_seconds: float) -> None:
        if self._hosts.get(message.model_id) is not message.host:
            return
        del self._hosts[message.model_id]
        self._metrics.models_loaded.labels(model=message.model_id).set(0)
        if self._states[message.model_id].phase is Phase.UNLOADING:
            self._change(message.model_id, ModelState.unloaded)
            self._log.info("model unloaded", model=message.model_id)
            self._let_go(message.model_id)
        else:
            self._change(message.model_id, lambda state: state.failed(now_seconds))
            self._metrics.model_crashes.labels(model=message.model_id).inc()
            self._log.error("model died", model=message.model_id, reason=message.reason)

    async def _load_one(self, model_id: str) -> None:
        started_seconds = self._clock.monotonic_seconds()
        try:
            host = await self._load(self._specs[model_id])
        except VoxhelmError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - told to everyone who waits
            failure = ModelLoadFailed(f"Model '{model_id}' could not be loaded: {type(error).__name__}: {error}")
        else:
            host.ended.add_done_callback(lambda ended: self._mailbox.post(_Ended(model_id, host, ended.result())))
            self._mailbox.post(_Loaded(model_id, host, self._clock.monotonic_seconds() - started_seconds))
            return
        self._metrics.model_loads.labels(model=model_id, outcome="failed").inc()
        self._log.error("model failed to load", model=model_id, code=failure.code, reason=failure.message)
        self._mailbox.post(_LoadFailed(model_id, failure))

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _shut_down(self) -> None:
        for model_id in self._states:
            self._refuse(model_id, ShuttingDown("The server is going away."))
        for answer in [answer for answers in self._leaving.values() for answer in answers if not answer.done()]:
            answer.set_exception(ShuttingDown("The server is going away."))
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(host.stop() for host in self._hosts.values()))
