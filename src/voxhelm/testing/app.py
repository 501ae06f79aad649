"""A whole instance on fakes."""

from voxhelm.compose import Voxhelm, compose
from voxhelm.config import Settings
from voxhelm.kit.clock import Clock
from voxhelm.telemetry.log import silent_log
from voxhelm.testing.engine import FAKE_ENGINE


def make_voxhelm(clock: Clock | None = None, **settings: object) -> Voxhelm:
    """An instance that has the fake engine beside the installed ones.

    settings: as in `voxhelm.yaml`, by section, e.g. `models={"isolation": "inline"}`.
    """
    models = {"extra_engines": (FAKE_ENGINE,)} | dict(settings.pop("models", {}))  # type: ignore[call-overload]
    return compose(Settings(models=models, **settings), silent_log(), clock=clock, keep_measurements=False)  # type: ignore[arg-type]
