"""The results of all checks of voices, and how each voice stands; kept between runs."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec

from voxhelm.serving.voice_check import Verdict, VoiceCheck
from voxhelm.serving.voice_verdict import UNSHAKEN, QualityOptions, Standing

# The results of a voice that are kept.
KEPT: Final = 30


@dataclass(frozen=True, slots=True)
class VoiceRecord:
    """A voice in one language. checks: the newest last; only the last one has its sentences."""

    voice: str
    language: str
    standing: Standing = UNSHAKEN
    checks: tuple[VoiceCheck, ...] = ()

    @property
    def last(self) -> VoiceCheck | None:
        """The newest result."""
        return self.checks[-1] if self.checks else None


class QualityBook:
    """All of them, in one JSON file that is replaced as a whole. None as a path keeps them in memory only. Blocking where it says so."""

    def __init__(self, path: Path | None, options: QualityOptions) -> None:
        """Read what there is. A file that cannot be read is as good as none: voices can be checked again."""
        self._path = path
        self._options = options
        self._records: dict[tuple[str, str], VoiceRecord] = {}
        self._degraded: frozenset[str] = frozenset()
        self._read()

    @property
    def degraded(self) -> frozenset[str]:
        """The voices that are not what they were, as `model/voice`. Does not block."""
        return self._degraded

    def records(self) -> Sequence[VoiceRecord]:
        """Every voice that was ever checked, by its name. Does not block."""
        return [self._records[key] for key in sorted(self._records)]

    def record(self, voice: str, language: str) -> VoiceRecord:
        """One of them. Does not block."""
        return self._records.get((voice, language)) or VoiceRecord(voice, language)

    def earlier_rates(self, voice: str, language: str, recogniser: str, material: str) -> list[float]:
        """What the same recogniser has got wrong of the same sentences while the voice was well, the newest last. Does not block."""
        return [
            check.word_error_rate
            for check in self.record(voice, language).checks
            if check.word_error_rate is not None
            and check.verdict is Verdict.GOOD
            and (check.recogniser, check.material) == (recogniser, material)
        ]

    def add(self, check: VoiceCheck, *, counts: bool = True) -> VoiceRecord:
        """Keep a result, if anything was heard. Blocks: the file is read again first, since others write.

        counts: whether the voice stands by it.
        """
        self._read()
        known = self.record(check.voice, check.language)
        if check.verdict not in (Verdict.GOOD, Verdict.WORSE):
            return known
        bad = check.verdict is Verdict.WORSE
        standing = known.standing.after(bad=bad, options=self._options) if counts else known.standing
        before = tuple(replace(one, sentences=()) for one in known.checks)
        changed = VoiceRecord(check.voice, check.language, standing, (*before, check)[-KEPT:])
        self._records[check.voice, check.language] = changed
        self._note()
        self._save()
        return changed

    def _read(self) -> None:
        if self._path is None or not self._path.is_file():
            return
        try:
            records = msgspec.json.decode(self._path.read_bytes(), type=list[VoiceRecord])
        except (msgspec.DecodeError, OSError):
            return
        self._records = {(one.voice, one.language): one for one in records}
        self._note()

    def _note(self) -> None:
        self._degraded = frozenset(one.voice for one in self._records.values() if one.standing.degraded)

    def _save(self) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(self.records())))
        unfinished.replace(self._path)
