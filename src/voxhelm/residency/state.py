"""What is known of each model: one frozen value per model, replaced by the transitions below."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from voxhelm.residency.fallback import Fallback
from voxhelm.residency.place import Place

FOREVER_SECONDS: Final = -1.0
# A model that died is loaded again at once; from the second death in a row on, the wait doubles up to this.
LONGEST_BACK_OFF_SECONDS: Final = 30.0
# A card on which a model failed to load is tried again after the hold time, then after twice as long, up to this.
LONGEST_BAR_SECONDS: Final = 3600.0


class Phase(StrEnum):
    """Where a model is in its life."""

    UNLOADED = "unloaded"
    LOADING = "loading"
    LOADED = "loaded"
    UNLOADING = "unloading"


@dataclass(frozen=True, slots=True)
class Bar:
    """A card that a model is kept off, since it failed to load there. times: how often in a row."""

    reason: Fallback
    until_seconds: float
    times: int = 1


@dataclass(frozen=True, slots=True)
class ModelState:
    """One model.

    time_to_live_seconds: how long it stays loaded without a lease; 0 leaves at once, -1 stays for ever.
    places: where it may be loaded, the best first; of several cards the one with the most room.
    place: where it is loaded or on its way in or out; None while it is unloaded.
    fallback: why that is not a card, though a card is among its places.
    room_since_seconds: since when a card has had room for it while it is elsewhere (monotonic).
    bars: the cards it is kept off.
    pinned: never evicted to make room. priority: of two that could be evicted, the lower one goes.
    leases: how many callers use it now. waiting: how many wait for it.
    loaded_at_seconds, idle_since_seconds: when it was loaded, and when the last lease ended (monotonic); None when that does not apply.
    failures: deaths and failed loads in a row. retry_at_seconds: not loaded before this moment (monotonic).
    """

    model_id: str
    time_to_live_seconds: float
    places: tuple[Place, ...] = (Place(),)
    pinned: bool = False
    priority: int = 0
    phase: Phase = Phase.UNLOADED
    leases: int = 0
    waiting: int = 0
    loaded_at_seconds: float | None = None
    idle_since_seconds: float | None = None
    failures: int = 0
    retry_at_seconds: float = 0.0
    place: Place | None = None
    fallback: Fallback | None = None
    room_since_seconds: float | None = None
    bars: Mapping[str, Bar] = field(default_factory=dict)

    @property
    def bytes_by_device(self) -> Mapping[str, int]:
        """What is reserved for it now."""
        return self.place.bytes_by_device if self.place is not None else {}

    @property
    def holds_memory(self) -> bool:
        """Whether its reservation counts."""
        return self.phase is not Phase.UNLOADED

    @property
    def has_cards(self) -> bool:
        """Whether a card is among its places."""
        return any(place.on_card for place in self.places)

    @property
    def moves_on_card(self) -> bool:
        """Whether it is on its way onto a card or off one."""
        return self.phase in (Phase.LOADING, Phase.UNLOADING) and self.place is not None and self.place.on_card

    def asked(self) -> "ModelState":
        """One more caller waits."""
        return replace(self, waiting=self.waiting + 1)

    def gave_up(self) -> "ModelState":
        """One caller waits no longer."""
        return replace(self, waiting=self.waiting - 1)

    def granted(self) -> "ModelState":
        """One caller that waited has a lease now."""
        return replace(self, waiting=self.waiting - 1, leases=self.leases + 1, idle_since_seconds=None)

    def released(self, now_seconds: float) -> "ModelState":
        """One lease has ended. A model that has served is a healthy one."""
        leases = self.leases - 1
        idle = now_seconds if leases == 0 and self.phase is Phase.LOADED else None
        return replace(self, leases=leases, idle_since_seconds=idle, failures=0 if self.phase is Phase.LOADED else self.failures)

    def loading(self, place: Place, fallback: Fallback | None = None) -> "ModelState":
        """Loading has begun. fallback: why it is not loaded on a card."""
        return replace(self, phase=Phase.LOADING, place=place, fallback=fallback)

    def loaded(self, now_seconds: float) -> "ModelState":
        """Loading has ended well."""
        idle = now_seconds if self.leases == 0 else None
        bars = {device: bar for device, bar in self.bars.items() if self.place is None or device != self.place.device}
        return replace(self, phase=Phase.LOADED, loaded_at_seconds=now_seconds, idle_since_seconds=idle, bars=bars)

    def measured(self, peak_bytes_by_device: Mapping[str, int]) -> "ModelState":
        """It was seen to hold this much where it is; what is reserved for it there is no longer an estimate."""
        if self.place is None:
            return self
        there = replace(self.place, bytes_by_device={**self.place.bytes_by_device, **peak_bytes_by_device})
        places = tuple(there if place.device == there.device else place for place in self.places)
        return replace(self, place=there, places=places)

    def barred(self, device: str, reason: Fallback, hold_seconds: float, now_seconds: float) -> "ModelState":
        """It failed to load on this card, and is to be loaded elsewhere; that was nobody's fault but the card's."""
        known = self.bars.get(device)
        times = 1 if known is None else known.times + 1
        bar = Bar(reason, now_seconds + bar_seconds(reason, times, hold_seconds), times)
        return replace(self._nowhere(), bars={**self.bars, device: bar})

    def had_room(self, since_seconds: float | None) -> "ModelState":
        """A card has had room for it since then; None for not any more."""
        return self if self.room_since_seconds == since_seconds else replace(self, room_since_seconds=since_seconds)

    def failed(self, now_seconds: float) -> "ModelState":
        """It died, or could not be loaded."""
        failures = self.failures + 1
        return replace(
            self._nowhere(),
            failures=failures,
            retry_at_seconds=now_seconds + back_off_seconds(failures),
        )

    def postponed(self, until_seconds: float) -> "ModelState":
        """Loading is to be tried again, not before `until_seconds`."""
        return replace(self._nowhere(), retry_at_seconds=until_seconds)

    def unloading(self) -> "ModelState":
        """Unloading has begun."""
        return replace(self, phase=Phase.UNLOADING, idle_since_seconds=None)

    def unloaded(self) -> "ModelState":
        """Unloading has ended."""
        return self._nowhere()

    def _nowhere(self) -> "ModelState":
        return replace(
            self,
            phase=Phase.UNLOADED,
            place=None,
            fallback=None,
            room_since_seconds=None,
            loaded_at_seconds=None,
            idle_since_seconds=None,
        )


def back_off_seconds(failures: int) -> float:
    """How long to leave a model alone after so many failures in a row: 0, 1, 2, 4 ... seconds."""
    return 0.0 if failures <= 1 else min(LONGEST_BACK_OFF_SECONDS, 2.0 ** (failures - 2))


def bar_seconds(reason: Fallback, times: int, hold_seconds: float) -> float:
    """How long a model is kept off a card after failing to load there so many times in a row."""
    if reason is Fallback.UNUSABLE:
        # Another runtime has to be installed, or another driver: that takes a person.
        return LONGEST_BAR_SECONDS
    return min(LONGEST_BAR_SECONDS, hold_seconds * 2.0 ** (times - 1))
