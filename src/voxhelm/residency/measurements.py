"""What models were seen to need, kept between runs, so that nothing is guessed twice."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

_PEAK: Final = re.compile(rb"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True, slots=True)
class Measurement:
    """One model on one machine.

    peak_bytes_by_device: the most it has held. load_seconds: how long its last load took. measured_unix_seconds: when that was.
    """

    peak_bytes_by_device: Mapping[str, int]
    load_seconds: float
    measured_unix_seconds: float


class Measurements:
    """All of them, in one JSON file that is replaced as a whole. None as a path keeps them in memory only."""

    def __init__(self, path: Path | None) -> None:
        """Read what there is; a file that cannot be read is as good as none, since everything in it will be measured again."""
        self._path = path
        self._by_model: dict[str, Measurement] = {}
        if path is not None and path.is_file():
            try:
                self._by_model = msgspec.json.decode(path.read_bytes(), type=dict[str, Measurement])
            except (msgspec.DecodeError, OSError):
                self._by_model = {}

    def of(self, model_id: str) -> Measurement | None:
        """What is known of a model."""
        return self._by_model.get(model_id)

    def record(self, model_id: str, peak_bytes: int, load_seconds: float, now_unix_seconds: float) -> bool:
        """Remember a peak of host memory; say whether that was news. Peaks only grow: what was once needed will be needed again."""
        known = self._by_model.get(model_id)
        known_bytes = known.peak_bytes_by_device.get("cpu", 0) if known is not None else 0
        if known is not None and peak_bytes <= known_bytes and load_seconds == known.load_seconds:
            return False
        self._by_model[model_id] = Measurement({"cpu": max(peak_bytes, known_bytes)}, load_seconds, now_unix_seconds)
        self._save()
        return True

    def _save(self) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(self._by_model)))
        unfinished.replace(self._path)


def peak_resident_bytes(process_id: int) -> int | None:
    """The most memory a process has held since it began; None when it is gone."""
    try:
        status = Path(f"/proc/{process_id}/status").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return None
    found = _PEAK.search(status)
    return int(found[1]) * 1024 if found else None
