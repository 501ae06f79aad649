"""Which model, where, and how much memory it may take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

# The key of `ModelSpec.settings` that says where a model sends what it is given.
EGRESS_HOST: Final = "egress_host"
# The device that every machine has.
CPU: Final = "cpu"
# The kind of device that a card is; one of them is `cuda:0`.
CUDA: Final = "cuda"


class Capability(StrEnum):
    """What a model can do."""

    SPEECH = "speech"
    TRANSCRIPTION = "transcription"
    VOICE_ACTIVITY = "voice-activity"
    DIARIZATION = "diarization"
    TURN = "turn"


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model that is installed on this machine.

    id: the name clients use, unique in the catalogue (`espeak-ng`, `pocketsphinx-en-us`).
    engine: the name of the engine that loads it.
    path: where its files are; None for models that come inside the engine's own package.
    settings: engine-specific loading options, strings only so that they travel between processes.
    """

    id: str
    engine: str
    capability: Capability
    languages: tuple[str, ...]
    path: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def egress_host(self) -> str | None:
        """The host outside the LAN that texts or sound are sent to; None for a model that keeps them here."""
        return self.settings.get(EGRESS_HOST)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a model is loaded.

    device: `cpu`, or `cuda:0` and so on, as the process that loads it counts its cards.
    card_id: the card's own name, which stays when cards are counted anew; None for `cpu`, or where it is not known.
    """

    device: str = CPU
    card_id: str | None = None

    @property
    def on_card(self) -> bool:
        """Whether it is on a card."""
        return self.device != CPU

    @property
    def index(self) -> int:
        """Which card; 0 for `cpu`."""
        return int(self.device.partition(":")[2] or 0)


@dataclass(frozen=True, slots=True)
class Footprint:
    """Bytes a loaded model is expected to hold, by device (`cpu`, `cuda:0`). On a card it holds some of the host's memory too."""

    bytes_by_device: Mapping[str, int]
