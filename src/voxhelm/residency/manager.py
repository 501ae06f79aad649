"""The one loop that decides what is loaded."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, Final

from voxhelm.domain.errors import InsufficientMemory, ModelNotFound, OutOfMemory, ShuttingDown, VoxhelmError
from voxhelm.domain.model import CPU, ModelSpec, Placement
from voxhelm.hosting.host import Host
from voxhelm.kit.clock import Clock
from voxhelm.kit.mailbox import Mailbox
from voxhelm.residency import explain
from voxhelm.residency.card_room import CardRoom
from voxhelm.residency.card_watch import CardWatch
from voxhelm.residency.cards import Cards
from voxhelm.residency.chronicle import Chronicle
from voxhelm.residency.departure import Departure
from voxhelm.residency.fallback import Fallback
from voxhelm.residency.lease import Lease
from voxhelm.residency.loading import Load, could_leave, fault_of_card, load_one
from voxhelm.residency.memory import Memory
from voxhelm.residency.messages import Added, Asked, Ended, Leave, Loaded, LoadFailed, Message, Released, Seen, SeenOff
from voxhelm.residency.place import Place
from voxhelm.residency.planner import NO_CARDS, Destination, Plan, PlanOptions, Wanted, fit_together, plan
from voxhelm.residency.state import FOREVER_SECONDS, ModelState, Phase
from voxhelm.residency.usage import Usage
from voxhelm.telemetry.log import Log
from voxhelm.telemetry.metrics import Metrics

# How long a load that ran out of memory waits for what was unloaded to come back.
ROOM_SECONDS: Final = 1.0


class Residency:
    """Grants leases on models, loading and unloading as the planner says.

    All state changes in one task (`run`); callers only leave messages.
    """

    def __init__(
        self,
        models: Iterable[tuple[ModelSpec, ModelState]],
        options: PlanOptions,
        memory: Memory,
        load: Load,
        clock: Clock,
        metrics: Metrics,
        log: Log,
    ) -> None:
        """models: what may be loaded, each with the state it begins in. memory: what is there for them. load: starts a host."""
        self._specs: dict[str, ModelSpec] = {}
        self._states: dict[str, ModelState] = {}
        for spec, state in models:
            self._specs[spec.id] = spec
            self._states[spec.id] = state
        self._options = options
        self._memory = memory
        self._plan = Plan()
        self._room: CardRoom = NO_CARDS
        self._load = load
        self._clock = clock
        self._chronicle = Chronicle(metrics, log)
        self._chronicle.planned((), options.budget_bytes_by_device)
        self._mailbox: Mailbox[Message] = Mailbox(clock)
        self._cards: Cards | None = memory.cards
        self._watch: CardWatch | None = None
        if memory.cards is not None:
            self._watch = CardWatch(memory.cards, self._mailbox.post, clock, self._chronicle.blinded)
        self._hosts: dict[str, Host] = {}
        self._waiting: list[Asked] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[None] | None = None
        self._retried: set[str] = set()
        self._moving: set[str] = set()
        self._leaving: set[str] = set()
        self._goodbyes: dict[str, list[asyncio.Future[bool]]] = {}
        self._closed = False
        self.failure: str | None = None
        """Why the owner loop has ended, when it ended of its own fault."""

    async def run(self) -> None:
        """Own the state until cancelled or closed; then unload everything."""
        if self._watch is not None:
            self._spawn(self._watch.run())
        try:
            await self._mailbox.run(self._handle)
        except Exception as error:
            # Without its owner nothing can be loaded any more: that must not look like a healthy server.
            self.failure = f"{type(error).__name__}: {error}"
            self._chronicle.failed(self.failure)
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
            resting = explain.resting(self._states[model_id], self._clock.monotonic_seconds())
            if resting is not None:
                raise resting
        # What a card has room for is judged when its turn comes.
        if not fit_together([self._states[model_id] for model_id in wanted], self._options):
            raise self._too_large(wanted)
        waiter: asyncio.Future[list[Lease]] = asyncio.get_running_loop().create_future()
        self._mailbox.post(Asked(Wanted(wanted, self._clock.monotonic_seconds()), waiter))
        try:
            return await waiter
        except asyncio.CancelledError:
            # Granted in the same moment as the caller left: the leases must not be lost.
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                for lease in waiter.result():
                    lease.release()
            raise

    async def unload(self, model_id: str) -> bool:
        """Unload a model that nobody uses, whatever its time to live; say whether it is, when its memory is free. One in use stays."""
        if self._closed:
            raise ShuttingDown("The server is going away.")
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._mailbox.post(Leave(model_id, answer))
        return await answer

    async def add(self, spec: ModelSpec, state: ModelState) -> None:
        """Know one more model, or what is new of one that is known already; that is loaded with its next load."""
        if self._closed:
            raise ShuttingDown("The server is going away.")
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._mailbox.post(Added(spec, state, answer))
        await answer

    async def remove(self, model_id: str) -> bool:
        """Unload a model that nobody uses and know it no more; say whether that is done. One in use stays."""
        if self._closed:
            raise ShuttingDown("The server is going away.")
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._mailbox.post(Leave(model_id, answer, for_good=True))
        return await answer

    def phase(self, model_id: str) -> Phase:
        """Where the model is in its life."""
        state = self._states.get(model_id)
        return state.phase if state is not None else Phase.UNLOADED

    def knows(self, spec: ModelSpec) -> bool:
        """Whether it would load the model as `spec` has it."""
        return self._specs.get(spec.id) == spec and spec.id not in self._leaving

    def placed(self, model_id: str) -> tuple[str | None, Fallback | None]:
        """The device that the model is on or on its way to, and why that is no card, if it belongs on one."""
        state = self._states.get(model_id)
        return (state.place.device, state.fallback) if state is not None and state.place is not None else (None, None)

    def usage(self, model_id: str) -> tuple[Usage, ...]:
        """What the model was thought to take and has been seen to take, everywhere it may be loaded."""
        state = self._states.get(model_id)
        return self._memory.usage(state) if state is not None else ()

    async def look(self) -> None:
        """Look at the cards, and do what follows from what is there. It is done every two seconds anyway."""
        if self._watch is not None and not self._closed:
            await self._watch.look()

    def host_of(self, model_id: str) -> Host | None:
        """The loaded model, to look at; using it takes a lease."""
        return self._hosts.get(model_id)

    def _handle(self, message: Message | None) -> float | None:
        now_seconds = self._clock.monotonic_seconds()
        match message:
            case Asked():
                self._queue(message)
            case Released():
                self._change(message.model_id, lambda state: state.released(now_seconds))
                if self._states[message.model_id].leases == 0:
                    self._measure(message.model_id)
            case Loaded():
                self._take_over(message, now_seconds)
            case LoadFailed():
                self._give_up_loading(message, now_seconds)
            case Ended():
                self._mourn(message, now_seconds)
            case SeenOff():
                self._see_off(message)
            case Seen():
                self._take_sight(message, now_seconds)
            case Leave():
                self._dismiss(message)
            case Added():
                self._welcome(message)
            case None:
                pass
        return self._act(now_seconds)

    def _queue(self, asked: Asked) -> None:
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
        states = [self._states[model_id] for model_id in asked.wanted.model_ids]
        if self._cards is not None and any(state.phase is Phase.UNLOADED and state.has_cards for state in states):
            # Others take memory without telling us: what is free is measured, then promised.
            self._cards.refresh(self._clock.monotonic_seconds())

    def _require_known(self, model_ids: Iterable[str]) -> None:
        for model_id in model_ids:
            if model_id not in self._states or model_id in self._leaving:
                raise ModelNotFound(f"Model '{model_id}' has been removed.", param="model")

    def _act(self, now_seconds: float) -> float | None:
        """Drop the waiters that have gone, do what the planner says, and grant what can be granted then."""
        for asked in [asked for asked in self._waiting if asked.waiter.done()]:
            self._forget(asked)
        room = self._room = self._memory.room(self._states.values(), self._hosts, now_seconds)
        self._refuse_impossible(room)
        wanted = [asked.wanted for asked in self._waiting]
        todo = self._plan = plan(self._states.values(), wanted, self._options, now_seconds, room)
        for model_id in todo.refuse:
            self._refuse(model_id, self._too_large((model_id,)))
        for model_id, destination in todo.load.items():
            self._begin(model_id, destination)
        for model_id in todo.unload:
            state = self._states[model_id]
            to_card = model_id in todo.roomy and state.fallback is not None
            off_lost_card = state.place is not None and state.place.device in room.lost
            if state.time_to_live_seconds == FOREVER_SECONDS and (to_card or off_lost_card):
                self._moving.add(model_id)
            self._stop(model_id)
        self._time_room(todo, now_seconds)
        self._grant()
        self._chronicle.planned(self._states.values(), {**self._options.budget_bytes_by_device, **room.budget_bytes_by_device})
        if self._watch is not None and self._cards is not None and self._cards.disturbed and self._looking is None:
            self._looking = self._spawn(self._watch.look())
        return todo.wake_at_seconds

    def _refuse_impossible(self, room: CardRoom) -> None:
        """Tell those who need several models that could not be loaded together as things are."""
        if room.unsettled or any(state.moves_on_card for state in self._states.values()):
            return  # soon more is known
        for asked in list(self._waiting):
            model_ids = asked.wanted.model_ids
            if len(model_ids) > 1 and not fit_together([self._states[one] for one in model_ids], self._options, room):
                self._forget(asked)
                asked.waiter.set_exception(self._too_large(model_ids))

    def _begin(self, model_id: str, destination: Destination) -> None:
        place, fallback = destination.place, destination.fallback
        self._change(model_id, lambda state: state.loading(place, fallback))
        if fallback is not None:
            self._chronicle.fell_back(model_id, place.device, fallback)
        self._memory.loading(model_id, place)
        self._spawn(self._load_one(model_id, place))

    def _stop(self, model_id: str) -> None:
        self._change(model_id, ModelState.unloading)
        self._spawn(self._hosts[model_id].stop())

    def _time_room(self, todo: Plan, now_seconds: float) -> None:
        """Remember since when a card has had room for those that are elsewhere."""
        for model_id, state in self._states.items():
            if model_id not in todo.roomy:
                self._states[model_id] = state.had_room(None)
            elif state.room_since_seconds is None:
                self._states[model_id] = state.had_room(now_seconds)

    def _change(self, model_id: str, transition: Callable[[ModelState], ModelState]) -> None:
        state = transition(self._states[model_id])
        self._states[model_id] = state
        self._chronicle.leased(model_id, state.leases)

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
        device, fallback = self.placed(model_id)
        return Lease(self._hosts[model_id], lambda: self._mailbox.post(Released(model_id)), device or CPU, fallback)

    def _refuse(self, model_id: str, error: VoxhelmError) -> None:
        """Tell everybody who waits for this model, and that it is the one to blame."""
        error.model_id = model_id
        for asked in [asked for asked in self._waiting if model_id in asked.wanted.model_ids]:
            self._forget(asked)
            if not asked.waiter.done():
                asked.waiter.set_exception(error)

    def _forget(self, asked: Asked) -> None:
        self._waiting.remove(asked)
        for model_id in asked.wanted.model_ids:
            self._change(model_id, ModelState.gave_up)

    def _give_up_loading(self, message: LoadFailed, now_seconds: float) -> None:
        model_id, error = message.model_id, message.error
        state = self._states[model_id]
        place = state.place or Place()
        self._memory.gone(model_id, place)
        if isinstance(error, OutOfMemory) and self._make_all_room(model_id, place, now_seconds):
            return
        self._retried.discard(model_id)
        reason = fault_of_card(error, place)
        if reason is not None and len(state.places) > 1:
            self._change(model_id, lambda state: state.barred(place.device, reason, self._options.card_hold_seconds, now_seconds))
            self._chronicle.kept_off(model_id, place.device, error)
            return
        if isinstance(error, OutOfMemory):
            held = explain.holders(self._states.values(), {model_id})
            error = InsufficientMemory(f"Model '{model_id}' ran out of memory while loading. {held}", retry_after_seconds=5.0)
        self._change(model_id, lambda state: state.failed(now_seconds))
        self._refuse(model_id, error)

    def _make_all_room(self, model_id: str, place: Place, now_seconds: float) -> bool:
        """The estimate was too small, or somebody else holds the memory: make all the room there is, once, and say whether there was."""
        idle = could_leave(self._states.values(), place)
        if not idle or model_id in self._retried:
            return False
        self._retried.add(model_id)
        self._change(model_id, lambda state: state.postponed(now_seconds + ROOM_SECONDS))
        for other in idle:
            self._stop(other)
        return True

    def _too_large(self, model_ids: Sequence[str]) -> InsufficientMemory:
        wanted = [self._states[model_id] for model_id in model_ids]
        return InsufficientMemory(explain.too_large(wanted, self._states.values(), self._room))

    def _take_over(self, message: Loaded, now_seconds: float) -> None:
        self._hosts[message.model_id] = message.host
        self._retried.discard(message.model_id)
        self._change(message.model_id, lambda state: state.loaded(now_seconds))
        place = self._states[message.model_id].place or Place()
        self._memory.loaded(message.model_id, place, message.seconds)
        self._measure(message.model_id)
        self._chronicle.loaded(message.model_id, place.device, message.host, message.seconds)
        self._grant()

    def _measure(self, model_id: str) -> None:
        """Look at the peaks of a loaded model, remember them, and reserve what it needs instead of what was thought."""
        host = self._hosts.get(model_id)
        if host is None:
            return
        peaks = self._memory.measure(self._states[model_id], host, self._clock.unix_seconds())
        if peaks:
            self._change(model_id, lambda state: state.measured(peaks))

    def _dismiss(self, message: Leave) -> None:
        model_id, state = message.model_id, self._states.get(message.model_id)
        free = state is None or (not state.leases and not state.waiting and state.phase is not Phase.LOADING)
        if free and state is not None:
            # Answered when it is gone; who asks for the same meanwhile gets the same answer.
            self._goodbyes.setdefault(model_id, []).append(message.answer)
            if message.for_good:
                self._leaving.add(model_id)
            if state.phase is Phase.LOADED:
                self._stop(model_id)
            self._let_go(model_id)
        elif not message.answer.done():
            message.answer.set_result(free)

    def _let_go(self, model_id: str) -> None:
        """If it is gone: tell who waits for that, and know it no more if it was to leave for good."""
        if self._states[model_id].phase is not Phase.UNLOADED:
            return
        if model_id in self._leaving:
            self._leaving.discard(model_id)
            del self._states[model_id], self._specs[model_id]
        for answer in self._goodbyes.pop(model_id, []):
            if not answer.done():
                answer.set_result(True)

    def _welcome(self, message: Added) -> None:
        model_id = message.spec.id
        self._specs[model_id] = message.spec
        self._states.setdefault(model_id, message.state)
        if not message.answer.done():
            message.answer.set_result(None)

    def _mourn(self, message: Ended, now_seconds: float) -> None:
        model_id = message.model_id
        if self._hosts.get(model_id) is not message.host:
            return
        state = self._states[model_id]
        unloading, place = state.phase is Phase.UNLOADING, state.place or Place()
        departure = self._departure(model_id, place, unloading=unloading)
        del self._hosts[model_id]
        self._chronicle.ended(model_id, place.device)
        self._memory.gone(model_id, place)
        if not unloading:
            self._change(model_id, lambda state: state.failed(now_seconds))
            self._chronicle.died(model_id, message.reason)
        if departure is not None and self._watch is not None:
            self._spawn(self._watch.see_off(departure))
        elif unloading:
            self._bid_farewell(model_id)

    def _departure(self, model_id: str, place: Place, *, unloading: bool) -> Departure | None:
        if self._cards is None or not place.on_card:
            return None
        self._cards.returning(place.device, 1)
        process_id = self._hosts[model_id].process_id
        held_bytes = self._cards.bytes_of(model_id, place.device, process_id)
        return Departure(model_id, place.device, process_id, held_bytes, self._cards.card(place.device), unloading)

    def _see_off(self, message: SeenOff) -> None:
        departure = message.departure
        if self._cards is not None:
            self._cards.returning(departure.device, -1)
        if message.returned is False:
            self._chronicle.memory_kept(departure)
        if departure.unloading:
            self._bid_farewell(departure.model_id)

    def _bid_farewell(self, model_id: str) -> None:
        self._change(model_id, ModelState.unloaded)
        self._chronicle.unloaded(model_id)
        self._let_go(model_id)
        if model_id in self._moving and model_id in self._states:
            # It is to be there for ever, and so it is to be there again, elsewhere.
            self._moving.discard(model_id)
            self._spawn(self._bring_back(model_id))

    async def _bring_back(self, model_id: str) -> None:
        try:
            (await self.lease(model_id)).release()
        except VoxhelmError as error:
            self._chronicle.not_brought_back(model_id, error)

    def _take_sight(self, message: Seen, now_seconds: float) -> None:
        self._looking = None
        if self._cards is not None:
            self._cards.take(message.sight, now_seconds)
        for model_id, state in list(self._states.items()):
            if state.phase is Phase.LOADED and state.place is not None and state.place.on_card:
                self._measure(model_id)
        if not message.known.done():
            message.known.set_result(None)

    async def _load_one(self, model_id: str, place: Place) -> None:
        card_id = self._cards.card_id(place.device) if self._cards is not None else None
        outcome = await load_one(self._load, self._specs[model_id], Placement(place.device, card_id), self._clock)
        if isinstance(outcome, Loaded):
            host = outcome.host
            host.ended.add_done_callback(lambda ended: self._mailbox.post(Ended(model_id, host, ended.result())))
        else:
            self._chronicle.not_loaded(model_id, outcome.error)
        self._mailbox.post(outcome)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _shut_down(self) -> None:
        for model_id in self._states:
            self._refuse(model_id, ShuttingDown("The server is going away."))
        for answer in [answer for answers in self._goodbyes.values() for answer in answers if not answer.done()]:
            answer.set_exception(ShuttingDown("The server is going away."))
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(host.stop() for host in self._hosts.values()))
