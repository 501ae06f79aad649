"""What models were seen to need, kept between runs, so that nothing is guessed twice."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

_PEAK: Final = re.compile(rb"VmHWM:\s+(\d+) kB")
# A model that serves grows by a page now and then: the file is written when it would be wrong by more than this.
WORTH_WRITING: Final = 1 / 64


@dataclass(frozen=True, slots=True)
class Measurement:
    """One model on one machine, loaded at one place.

    peak_bytes_by_device: the most it has held. load_seconds: how long its last load took. measured_unix_seconds: when either was seen.
    """

    peak_bytes_by_device: Mapping[str, int]
    load_seconds: float
    measured_unix_seconds: float


class Measurements:
    """All of them, in one JSON file that is replaced as a whole. None as a path keeps them in memory only."""

    def __init__(self, path: Path | None) -> None:
        """Read what there is; a file that cannot be read is as good as none, since everything in it will be measured again."""
        self._path = path
        self._by_model: dict[str, dict[str, Measurement]] = {}
        # What the file says of those that have been measured by now.
        self._written: dict[tuple[str, str], Measurement] = {}
        if path is not None and path.is_file():
            try:
                self._by_model = msgspec.json.decode(path.read_bytes(), type=dict[str, dict[str, Measurement]])
            except (msgspec.DecodeError, OSError):
                self._by_model = {}

    def of(self, model_id: str, placed_on: str) -> Measurement | None:
        """What is known of a model that is loaded on a device."""
        return self._by_model.get(model_id, {}).get(placed_on)

    def record(
        self, model_id: str, placed_on: str, peak_bytes_by_device: Mapping[str, int], load_seconds: float, now_unix_seconds: float
    ) -> bool:
        """Remember peaks; say whether they were news. Peaks only grow: what was once needed will be needed again."""
        known = self.of(model_id, placed_on)
        known_bytes = known.peak_bytes_by_device if known is not None else {}
        higher = {device: size for device, size in peak_bytes_by_device.items() if size > known_bytes.get(device, -1)}
        if known is not None and not higher and load_seconds == known.load_seconds:
            return False
        peaks = {**known_bytes, **higher}
        self._by_model.setdefault(model_id, {})[placed_on] = Measurement(peaks, load_seconds, now_unix_seconds)
        written = self._written.get((model_id, placed_on))
        if written is None or load_seconds != written.load_seconds or _outgrown(written.peak_bytes_by_device, higher):
            self._save()
        return True

    def _save(self) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(self._by_model)))
        unfinished.replace(self._path)
        self._written = {(model_id, at): one for model_id, places in self._by_model.items() for at, one in places.items()}


def _outgrown(written_bytes: Mapping[str, int], higher_bytes: Mapping[str, int]) -> bool:
    return any(size > written_bytes.get(device, 0) * (1 + WORTH_WRITING) for device, size in higher_bytes.items())


def peak_resident_bytes(process_id: int) -> int | None:
    """The most memory a process has held since it began; None when it is gone."""
    try:
        status = Path(f"/proc/{process_id}/status").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return None
    found = _PEAK.search(status)
    return int(found[1]) * 1024 if found else None
