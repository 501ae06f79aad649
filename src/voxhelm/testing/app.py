"""A whole instance on fakes."""

import secrets
import tempfile
from pathlib import Path

from voxhelm.compose import Voxhelm, compose
from voxhelm.config import Settings
from voxhelm.gpu.source import CardSource
from voxhelm.kit.clock import Clock
from voxhelm.telemetry.log import silent_log
from voxhelm.testing.device import FakeDevices
from voxhelm.testing.engine import FAKE_ENGINE


def make_voxhelm(clock: Clock | None = None, cards: CardSource | None = None, **settings: object) -> Voxhelm:
    """An instance that has the fake engine beside the installed ones. It keeps no narration unless it is told to.

    cards: as `voxhelm.testing.device` has them; without, there is none, whatever the machine has.
    settings: as in `voxhelm.yaml`, by section, e.g. `models={"isolation": "inline"}`.
    """
    models = {"extra_engines": (FAKE_ENGINE,)} | dict(settings.pop("models", {}))  # type: ignore[call-overload]
    # What is left for the next process is left apart from what anybody else leaves.
    left = Path(tempfile.gettempdir()) / f"voxhelm-{secrets.token_hex(8)}"
    realtime = {"hand_over_directory": left} | dict(settings.pop("realtime", {}))  # type: ignore[call-overload]
    cache = {"limit_bytes": 0} | dict(settings.pop("cache", {}))  # type: ignore[call-overload]
    made = Settings(models=models, cache=cache, realtime=realtime, **settings)  # type: ignore[arg-type]
    return compose(made, silent_log(), clock=clock, cards=cards or FakeDevices(), keep_measurements=False)
