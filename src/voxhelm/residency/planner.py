"""What to load where and what to unload now: a pure function of what is known and the time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from voxhelm.residency.card_room import CardRoom
from voxhelm.residency.fallback import Fallback
from voxhelm.residency.place import Place
from voxhelm.residency.state import ModelState, Phase

NO_CARDS: Final = CardRoom()


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What the operator allows.

    budget_bytes_by_device: the most that all models together may hold on a device; a device that is not named has no limit.
    hold_seconds: a model that was loaded stays at least this long before it makes room, so that two which do not fit together serve in
        turns instead of throwing each other out at every request.
    patience_seconds: after waiting this long for room, models in use get no new callers until one of them has left.
    card_hold_seconds: how long a card must have had room for a model that is elsewhere, before the model goes back to it.
    """

    budget_bytes_by_device: Mapping[str, int] = field(default_factory=dict)
    hold_seconds: float = 2.0
    patience_seconds: float = 5.0
    card_hold_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one caller waits for: all of `model_ids` at once, since `since_seconds` (monotonic)."""

    model_ids: tuple[str, ...]
    since_seconds: float


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to load a model. fallback: why that is not a card, though a card is among its places."""

    place: Place
    fallback: Fallback | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do.

    load: where, by ids of models. unload: ids of models.
    refuse: ids of models that are waited for and fit nowhere.
    closed: ids of models that get no new callers, because they are to make room when those they have are done, or their card is gone.
    roomy: ids of models that are elsewhere while a card has room for them.
    wake_at_seconds: when, without news, there may be something to do again (monotonic); None for never.
    """

    load: Mapping[str, Destination] = field(default_factory=dict)
    unload: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()
    closed: frozenset[str] = frozenset()
    roomy: frozenset[str] = frozenset()
    wake_at_seconds: float | None = None


def plan(
    models: Iterable[ModelState], wanted: Iterable[Wanted], options: PlanOptions, now_seconds: float, cards: CardRoom = NO_CARDS
) -> Plan:
    """Unload what has been idle for its time to live; load what is waited for, making room where there is none.

    wanted: in order of arrival. An older caller's models never make room for a younger one's, so the oldest caller can always have
    everything else cleared away, and everybody becomes the oldest in the end.
    cards: what may be used of them. A model goes to the first of its places where it can be had without waiting for other callers; only
    for the last one left does it wait for them.
    """
    return _Planning(list(models), options, now_seconds, cards).run(wanted)


def fit_together(models: Sequence[ModelState], options: PlanOptions, cards: CardRoom = NO_CARDS) -> bool:
    """Whether these models could all be loaded at once, each at one of its places, were there nothing else."""
    budgets = {**options.budget_bytes_by_device, **cards.budget_bytes_by_device}
    choices = [[place for place in model.places if place.device not in cards.shut] for model in models]
    for places in product(*choices):
        room = dict(budgets)
        for place in places:
            _give(room, place.bytes_by_device, -1)
        if all(size_bytes >= 0 for size_bytes in room.values()):
            return True
    return False


class _Planning:
    """One run of the planner: the plan as it grows."""

    def __init__(self, models: list[ModelState], options: PlanOptions, now_seconds: float, cards: CardRoom) -> None:
        self.models = models
        self.options = options
        self.now_seconds = now_seconds
        self.cards = cards
        self.load: dict[str, Destination] = {}
        self.unload: list[str] = []
        self.refuse: list[str] = []
        self.closed: set[str] = set()
        self.roomy: set[str] = set()
        self.wake_at: list[float] = list(cards.wake_at_seconds)
        self.by_id = {model.model_id: model for model in models}
        self.planned: set[str] = set()
        self.protected: set[str] = set()
        self.budgets = {**options.budget_bytes_by_device, **cards.budget_bytes_by_device}
        self.free = dict(self.budgets)
        self.moving = set(cards.unsettled)
        for model in models:
            if model.holds_memory:
                _give(self.free, model.bytes_by_device, -1)
            if model.moves_on_card and model.place is not None:
                self.moving.add(model.place.device)

    def run(self, wanted: Iterable[Wanted]) -> Plan:
        self._leave_lost_cards()
        self._expire()
        for caller in wanted:
            self.protected.update(caller.model_ids)
            for model_id in caller.model_ids:
                model = self.by_id[model_id]
                if model.phase is Phase.UNLOADED and model_id not in self.planned:
                    self.planned.add(model_id)
                    self._admit(model, caller.since_seconds)
        self._return_to_cards()
        wake_at = [moment for moment in self.wake_at if moment > self.now_seconds]
        return Plan(
            self.load,
            tuple(self.unload),
            tuple(self.refuse),
            frozenset(self.closed),
            frozenset(self.roomy),
            min(wake_at, default=None),
        )

    def _leave_lost_cards(self) -> None:
        """What was on a card that is gone serves nobody any more: its process is of no use, and its next load is elsewhere."""
        for model in self.models:
            if model.phase is Phase.LOADED and model.place is not None and model.place.device in self.cards.lost:
                self.closed.add(model.model_id)
                if not model.leases:
                    self.unload.append(model.model_id)

    def _expire(self) -> None:
        for model in self.models:
            if not _idle(model) or model.time_to_live_seconds < 0 or model.idle_since_seconds is None:
                continue
            if model.model_id not in self.unload and self._due(model.idle_since_seconds + model.time_to_live_seconds):
                self.unload.append(model.model_id)

    def _admit(self, model: ModelState, since_seconds: float) -> None:
        destination = self._choose(model)
        if destination is None:
            self.refuse.append(model.model_id)
            return
        if not self._due(model.retry_at_seconds):
            return
        place = destination.place
        if place.device not in self.cards.unsettled:
            if _within(self.free, place.bytes_by_device):
                self.load[model.model_id] = destination
            elif place.device not in self.moving:
                self._make_room(place, since_seconds)
        # Whether it loads now or later, nobody who came after it may take its place.
        _give(self.free, place.bytes_by_device, -1)

    def _choose(self, model: ModelState) -> Destination | None:
        """The first place that can be had; the last one that could ever be is waited for."""
        reasons = {place.device: self._bar(model, place) for place in model.places}
        possible = [place for place in self._in_order(model) if reasons[place.device] is None]
        for place in possible[:-1]:
            if self._could_be_cleared(place):
                return self._destination(model, place, reasons)
            reasons[place.device] = Fallback.NO_ROOM
        return self._destination(model, possible[-1], reasons) if possible else None

    def _destination(self, model: ModelState, place: Place, reasons: Mapping[str, Fallback | None]) -> Destination:
        missed = [reasons[other.device] for other in model.places if other.on_card]
        return Destination(place, None if place.on_card else next((reason for reason in missed if reason is not None), None))

    def _bar(self, model: ModelState, place: Place) -> Fallback | None:
        """Why a model cannot be loaded at a place, however long it waits; None when it can."""
        if place.device in self.cards.shut:
            return self.cards.shut[place.device]
        bar = model.bars.get(place.device)
        if bar is not None and self.now_seconds < bar.until_seconds:
            return bar.reason
        # What is free on a card is not to be judged while somebody takes or returns some of it.
        return None if place.device in self.moving or self._could_ever_fit(model, place) else Fallback.NO_ROOM

    def _in_order(self, model: ModelState) -> list[Place]:
        """The cards by the room they have, then the rest."""
        cards = [place for place in model.places if place.on_card]
        cards.sort(key=lambda place: -self.free.get(place.device, 0))
        return cards + [place for place in model.places if not place.on_card]

    def _could_be_cleared(self, place: Place) -> bool:
        """Whether a device has room for what belongs there, or will have it without waiting for callers."""
        device = place.device
        if device not in self.free or device in self.moving:
            return True
        leaving = [self.by_id[model_id] for model_id in self.unload]
        idle = [other for other in self._victims() if not other.leases]
        room_bytes = self.free[device] + sum(other.bytes_by_device.get(device, 0) for other in leaving + idle)
        return place.bytes_by_device.get(device, 0) <= room_bytes

    def _make_room(self, place: Place, since_seconds: float) -> None:
        """Unload idle models, the least wanted first; when they are not enough and the wait is long, close models in use."""
        leaving = [other for other in self.models if other.phase is Phase.UNLOADING or other.model_id in self.unload]
        freed = dict(self.free)
        for other in leaving:
            _give(freed, other.bytes_by_device)
        if _within(freed, place.bytes_by_device):
            return
        victims: list[ModelState] = []
        for other in sorted(self._victims(), key=self._worth):
            if not _useful(freed, place, other):
                continue
            victims.append(other)
            _give(freed, other.bytes_by_device)
            if _within(freed, place.bytes_by_device):
                break
        else:
            return
        for victim in victims:
            if victim.leases:
                if self._due(since_seconds + self.options.patience_seconds):
                    self.closed.add(victim.model_id)
            elif self._due((victim.loaded_at_seconds or 0.0) + self.options.hold_seconds):
                self.unload.append(victim.model_id)

    def _victims(self) -> list[ModelState]:
        return [
            other
            for other in self.models
            if other.phase is Phase.LOADED
            and not other.pinned
            and other.model_id not in self.unload
            and other.model_id not in self.protected
        ]

    def _worth(self, other: ModelState) -> tuple[bool, int, float, str]:
        """Idle before used, unimportant before important, longest unused before the rest."""
        return (other.leases > 0, other.priority, other.idle_since_seconds or self.now_seconds, other.model_id)

    def _could_ever_fit(self, model: ModelState, place: Place) -> bool:
        room = dict(self.budgets)
        for other in self.models:
            if other.pinned and other.holds_memory and other.model_id != model.model_id:
                _give(room, other.bytes_by_device, -1)
        return _within(room, place.bytes_by_device)

    def _return_to_cards(self) -> None:
        """Have models that are elsewhere go back to a card which has had room for them for long enough, when nobody uses them."""
        for model in self.models:
            if model.fallback is None or model.phase is not Phase.LOADED or model.model_id in self.unload:
                continue
            card = next((place for place in self._in_order(model) if place.on_card and self._has_room(model, place)), None)
            if card is None:
                continue
            self.roomy.add(model.model_id)
            # Two that wait for the same room do not both leave for it.
            _give(self.free, {card.device: card.bytes_by_device.get(card.device, 0)}, -1)
            since_seconds = self.now_seconds if model.room_since_seconds is None else model.room_since_seconds
            long_enough = self._due(since_seconds + self.options.card_hold_seconds)
            if long_enough and _idle(model) and card.device not in self.moving:
                self.unload.append(model.model_id)

    def _has_room(self, model: ModelState, card: Place) -> bool:
        """Whether a model that is elsewhere could go to a card without anybody else's leaving."""
        bar = model.bars.get(card.device)
        if bar is not None and not self._due(bar.until_seconds):
            return False
        if card.device in self.cards.shut:
            return False
        if card.device in self.moving:
            return model.room_since_seconds is not None  # as it was
        room = dict(self.free)
        _give(room, model.bytes_by_device)
        return _within(room, card.bytes_by_device)

    def _due(self, moment_seconds: float) -> bool:
        if self.now_seconds >= moment_seconds:
            return True
        self.wake_at.append(moment_seconds)
        return False


def _idle(model: ModelState) -> bool:
    return model.phase is Phase.LOADED and model.leases == 0 and model.waiting == 0


def _give(free: dict[str, int], bytes_by_device: Mapping[str, int], sign: int = 1) -> None:
    for device, size_bytes in bytes_by_device.items():
        if device in free:
            free[device] += sign * size_bytes


def _within(free: Mapping[str, int], bytes_by_device: Mapping[str, int]) -> bool:
    return all(size_bytes <= free[device] for device, size_bytes in bytes_by_device.items() if device in free)


def _useful(free: Mapping[str, int], place: Place, other: ModelState) -> bool:
    """Whether `other` holds anything on a device where `place` lacks room."""
    short = [device for device, size_bytes in place.bytes_by_device.items() if device in free and size_bytes > free[device]]
    return any(other.bytes_by_device.get(device) for device in short)
