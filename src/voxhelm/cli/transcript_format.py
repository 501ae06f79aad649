"""The formats a transcript is written in."""

from collections.abc import AsyncGenerator, AsyncIterator
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


def spoken(speaker: str | None, text: str) -> str:
    """A line of a conversation."""
    return f"{speaker or 'A'}: {text.strip()}"


async def paragraphs(deltas: AsyncIterator[str]) -> AsyncGenerator[str]:
    """Running text that comes in pieces, a paragraph at a time, each but the last with an empty line behind it."""
    waiting = ""
    async for delta in deltas:
        waiting += delta
        *whole, waiting = waiting.split("\n\n")
        for paragraph in whole:
            yield paragraph + "\n"
    if waiting:
        yield waiting
