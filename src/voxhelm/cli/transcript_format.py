"""The formats a transcript is written in."""

from enum import StrEnum


class TranscriptFormat(StrEnum):
    """What `--format` may say."""

    TEXT = "text"
    SRT = "srt"
    VTT = "vtt"
    JSON = "json"

    @property
    def suffix(self) -> str:
        """The end of a file's name, with its dot."""
        return ".txt" if self is TranscriptFormat.TEXT else f".{self.value}"
