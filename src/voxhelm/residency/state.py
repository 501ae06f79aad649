"""What is known of each model: one frozen value per model, replaced by the transitions below."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

FOREVER_SECONDS: Final = -1.0
# A model that died is loaded again at once; from the second death in a row on, the wait doubles up to this.
LONGEST_BACK_OFF_SECONDS: Final = 30.0


class Phase(StrEnum):
    """Where a model is in its life."""

    UNLOADED = "unloaded"
    LOADING = "loading"
    LOADED = "loaded"
    UNLOADING = "unloading"


@dataclass(frozen=True, slots=True)
class ModelState:
    """One model.

    time_to_live_seconds: how long it stays loaded without a lease; 0 leaves at once, -1 stays for ever.
    bytes_by_device: what is reserved for it while it is loaded or on its way in or out.
    pinned: never evicted to make room. priority: of two that could be evicted, the lower one goes.
    leases: how many callers use it now. waiting: how many wait for it.
    loaded_at_seconds, idle_since_seconds: when it was loaded, and when the last lease ended (monotonic); None when that does not apply.
    failures: deaths and failed loads in a row. retry_at_seconds: not loaded before this moment (monotonic).
    """

    model_id: str
    time_to_live_seconds: float
    bytes_by_device: Mapping[str, int] = field(default_factory=dict)
    pinned: bool = False
    priority: int = 0
    phase: Phase = Phase.UNLOADED
    leases: int = 0
    waiting: int = 0
    loaded_at_seconds: float | None = None
    idle_since_seconds: float | None = None
    failures: int = 0
    retry_at_seconds: float = 0.0

    @property
    def holds_memory(self) -> bool:
        """Whether its reservation counts."""
        return self.phase is not Phase.UNLOADED

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

    def loading(self) -> "ModelState":
        """Loading has begun."""
        return replace(self, phase=Phase.LOADING)

    def loaded(self, now_seconds: float) -> "ModelState":
        """Loading has ended well."""
        idle = now_seconds if self.leases == 0 else None
        return replace(self, phase=Phase.LOADED, loaded_at_seconds=now_seconds, idle_since_seconds=idle)

    def measured(self, bytes_by_device: Mapping[str, int]) -> "ModelState":
        """It was seen to hold this much; what is reserved for it is no longer an estimate."""
        return replace(self, bytes_by_device=dict(bytes_by_device))

    def failed(self, now_seconds: float) -> "ModelState":
        """It died, or could not be loaded."""
        failures = self.failures + 1
        return replace(
            self,
            phase=Phase.UNLOADED,
            loaded_at_seconds=None,
            idle_since_seconds=None,
            failures=failures,
            retry_at_seconds=now_seconds + back_off_seconds(failures),
        )

    def postponed(self, until_seconds: float) -> "ModelState":
        """Loading is to be tried again, not before `until_seconds`."""
        return replace(self, phase=Phase.UNLOADED, retry_at_seconds=until_seconds)

    def unloading(self) -> "ModelState":
        """Unloading has begun."""
        return replace(self, phase=Phase.UNLOADING, idle_since_seconds=None)

    def unloaded(self) -> "ModelState":
        """Unloading has ended."""
        return replace(self, phase=Phase.UNLOADED, loaded_at_seconds=None)


def back_off_seconds(failures: int) -> float:
    """How long to leave a model alone after so many failures in a row: 0, 1, 2, 4 ... seconds."""
    return 0.0 if failures <= 1 else min(LONGEST_BACK_OFF_SECONDS, 2.0 ** (failures - 2))
