"""One request on its way along a route: who was left and why, and whether it may go on. No clock: time is an argument."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from voxhelm.serving.route_reason import RouteReason


@dataclass(frozen=True, slots=True)
class Walk:
    """One frozen value, replaced by `after`. It ends after `attempts` models at the latest, and none of them is tried twice.

    ends_at_seconds: when the caller's patience is over; None when it never is. left: the models that were tried, each with what happened.
    """

    attempts: int
    ends_at_seconds: float | None = None
    left: tuple[tuple[str, RouteReason], ...] = ()

    def after(self, model_id: str, reason: RouteReason, now_seconds: float) -> "Walk | None":
        """The walk that goes on behind a model that was tried; None when it is over."""
        if model_id in self.reasons or len(self.left) + 1 >= self.attempts:
            return None
        if self.ends_at_seconds is not None and now_seconds >= self.ends_at_seconds:
            return None
        return replace(self, left=(*self.left, (model_id, reason)))

    @property
    def reasons(self) -> Mapping[str, RouteReason]:
        """Why each model was left."""
        return dict(self.left)

    def patience_seconds(self, now_seconds: float) -> float | None:
        """What is left of the caller's patience."""
        return None if self.ends_at_seconds is None else max(0.0, self.ends_at_seconds - now_seconds)
