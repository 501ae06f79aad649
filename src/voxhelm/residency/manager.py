"""The one loop that decides what is loaded."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from voxhelm.domain.errors import ModelLoadFailed, ShuttingDown, Unavailable, VoxhelmError
from voxhelm.domain.model import ModelSpec
from voxhelm.hosting.host import Host
from voxhelm.kit.clock import Clock
from voxhelm.kit.mailbox import Mailbox
from voxhelm.residency.lease import Lease
from voxhelm.residency.planner import plan
from voxhelm.residency.state import ModelState, Phase
from voxhelm.telemetry.log import Log
from voxhelm.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class _Asked:
    model_id: str
    waiter: "asyncio.Future[Lease]"


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


_Message = _Asked | _Released | _Loaded | _LoadFailed | _Ended


class Residency:
    """Grants leases on models, loading and unloading as the planner says.

    All state changes in one task (`run`); callers only leave messages.
    """

    def __init__(
        self,
        models: Iterable[tuple[ModelSpec, float]],
        load: Callable[[ModelSpec], Awaitable[Host]],
        clock: Clock,
        metrics: Metrics,
        log: Log,
    ) -> None:
        """models: what may be loaded, each with its time to live in seconds. load: starts a host."""
        self._specs = {}
        self._states: dict[str, ModelState] = {}
        for spec, time_to_live_seconds in models:
            self._specs[spec.id] = spec
            self._states[spec.id] = ModelState(spec.id, time_to_live_seconds)
        self._load = load
        self._clock = clock
        self._metrics = metrics
        self._log = log
        self._mailbox: Mailbox[_Message] = Mailbox(clock)
        self._hosts: dict[str, Host] = {}
        self._waiters: dict[str, deque[asyncio.Future[Lease]]] = {model_id: deque() for model_id in self._states}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    async def run(self) -> None:
        """Own the state until cancelled or closed; then unload everything."""
        try:
            await self._mailbox.run(self._handle)
        finally:
            self._closed = True
            await self._shut_down()

    def close(self) -> None:
        """End `run`."""
        self._mailbox.close()

    async def lease(self, model_id: str) -> Lease:
        """Wait until the model is loaded and hold it.

        Raises what loading raised (ModelLoadFailed and others of `domain.errors`), Unavailable with a retry time while a model that keeps
        dying is left alone, ShuttingDown.
        """
        if self._closed:
            raise ShuttingDown("The server is going away.")
        state = self._states[model_id]
        pause_seconds = state.retry_at_seconds - self._clock.monotonic_seconds()
        if state.phase is Phase.UNLOADED and pause_seconds > 0:
            raise Unavailable(
                f"Model '{model_id}' failed {state.failures} times in a row and is left alone for {pause_seconds:.0f} s; "
                "the server's log says why.",
                retry_after_seconds=pause_seconds,
            )
        waiter: asyncio.Future[Lease] = asyncio.get_running_loop().create_future()
        self._mailbox.post(_Asked(model_id, waiter))
        try:
            return await waiter
        except asyncio.CancelledError:
            # Granted in the same moment as the caller left: the lease must not be lost.
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                waiter.result().release()
            raise

    def phase(self, model_id: str) -> Phase:
        """Where the model is in its life."""
        return self._states[model_id].phase

    def host_of(self, model_id: str) -> Host | None:
        """The loaded model, to look at; using it takes a lease."""
        return self._hosts.get(model_id)

    def _handle(self, message: _Message | None) -> float | None:
        now_seconds = self._clock.monotonic_seconds()
        match message:
            case _Asked():
                self._waiters[message.model_id].append(message.waiter)
                self._change(message.model_id, ModelState.asked)
                self._grant(message.model_id)
            case _Released():
                self._change(message.model_id, lambda state: state.released(now_seconds))
            case _Loaded():
                self._take_over(message, now_seconds)
            case _LoadFailed():
                self._change(message.model_id, lambda state: state.failed(now_seconds))
                self._refuse(message.model_id, message.error)
            case _Ended():
                self._mourn(message, now_seconds)
            case None:
                pass
        return self._act(now_seconds)

    def _act(self, now_seconds: float) -> float | None:
        """Drop the waiters that have gone, then do what the planner says."""
        for model_id, waiters in self._waiters.items():
            for waiter in [waiter for waiter in waiters if waiter.done()]:
                waiters.remove(waiter)
                self._change(model_id, ModelState.gave_up)
        todo = plan(self._states.values(), now_seconds)
        for model_id in todo.load:
            self._change(model_id, ModelState.loading)
            self._spawn(self._load_one(model_id))
        for model_id in todo.unload:
            self._change(model_id, ModelState.unloading)
            self._spawn(self._hosts[model_id].stop())
        return todo.wake_at_seconds

    def _change(self, model_id: str, transition: Callable[[ModelState], ModelState]) -> None:
        state = transition(self._states[model_id])
        self._states[model_id] = state
        self._metrics.model_leases.labels(model=model_id).set(state.leases)

    def _grant(self, model_id: str) -> None:
        host = self._hosts.get(model_id)
        if host is None or self._states[model_id].phase is not Phase.LOADED:
            return
        waiters = self._waiters[model_id]
        while waiters:
            waiter = waiters.popleft()
            if waiter.done():
                self._change(model_id, ModelState.gave_up)
                continue
            self._change(model_id, ModelState.granted)
            waiter.set_result(Lease(host, lambda: self._mailbox.post(_Released(model_id))))

    def _refuse(self, model_id: str, error: VoxhelmError) -> None:
        waiters = self._waiters[model_id]
        while waiters:
            waiter = waiters.popleft()
            self._change(model_id, ModelState.gave_up)
            if not waiter.done():
                waiter.set_exception(error)

    def _take_over(self, message: _Loaded, now_seconds: float) -> None:
        self._hosts[message.model_id] = message.host
        self._change(message.model_id, lambda state: state.loaded(now_seconds))
        self._metrics.model_loads.labels(model=message.model_id, outcome="loaded").inc()
        self._metrics.model_load_seconds.labels(model=message.model_id).observe(message.seconds)
        self._metrics.models_loaded.labels(model=message.model_id).set(1)
        self._log.info(
            "model loaded", model=message.model_id, seconds=round(message.seconds, 3), resident_bytes=message.host.resident_bytes
        )
        self._grant(message.model_id)

    def _mourn(self, message: _Ended, now_seconds: float) -> None:
        if self._hosts.get(message.model_id) is not message.host:
            return
        del self._hosts[message.model_id]
        self._metrics.models_loaded.labels(model=message.model_id).set(0)
        if self._states[message.model_id].phase is Phase.UNLOADING:
            self._change(message.model_id, ModelState.unloaded)
            self._log.info("model unloaded", model=message.model_id)
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
        for model_id in self._waiters:
            self._refuse(model_id, ShuttingDown("The server is going away."))
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(host.stop() for host in self._hosts.values()))
