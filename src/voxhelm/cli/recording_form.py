"""A recording and what is wanted of it, as a multipart form."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Sequence
from os import SEEK_END
from typing import BinaryIO, Final

from voxhelm.cli.instance import Recording, Wishes
from voxhelm.cli.transcript_format import TranscriptFormat

# An upload is read in pieces of this size.
PIECE_BYTES: Final = 1 << 16


def form_fields(recording: Recording, *, streamed: bool) -> list[tuple[str, str]]:
    """The fields of a transcription, or of a translation, beside the file. Names and values have no line ends."""
    wishes = recording.wishes
    fields = [("model", recording.model), ("response_format", _format_name(recording.format, wishes, streamed=streamed))]
    fields += _of_cues(wishes)
    if wishes.prompt is not None:
        fields.append(("prompt", wishes.prompt))
    if wishes.paragraph_seconds is not None:
        fields.append(("paragraph_seconds", str(wishes.paragraph_seconds)))
    if wishes.translate:
        return fields
    if recording.language is not None:
        fields.append(("language", recording.language))
    fields += [("languages[]", language) for language in wishes.languages]
    fields += [("keywords[]", keyword) for keyword in wishes.keywords]
    fields += [("timestamp_granularities[]", name) for name in ("segment", *(("word",) if recording.word_times else ()))]
    fields += [("channels", "separate")] if wishes.channels else []
    return [*fields, ("stream", "true"), ("progress", "true")] if streamed else fields


def _of_cues(wishes: Wishes) -> list[tuple[str, str]]:
    cues = wishes.cues
    return [
        ("max_line_characters", str(cues.characters_per_line)),
        ("max_lines", str(cues.lines)),
        ("max_cue_seconds", str(cues.longest_seconds)),
        ("min_cue_seconds", str(cues.shortest_seconds)),
    ]


def _format_name(format: TranscriptFormat, wishes: Wishes, *, streamed: bool) -> str:
    if (streamed and wishes.speakers) or (wishes.diarize and format is TranscriptFormat.JSON):
        return "diarized_json"
    return "verbose_json" if format is TranscriptFormat.JSON else format.value


class RecordingForm:
    """A multipart form with a recording, read while it is sent: httpx's own would read in the event loop, where a pipe blocks."""

    def __init__(self, fields: Sequence[tuple[str, str]], file: BinaryIO) -> None:
        """fields: names and values. file: the recording, open for reading in bytes."""
        self._file = file
        self._boundary = secrets.token_hex(16)
        parts = [f"{self._opening(name)}\r\n\r\n{value}\r\n" for name, value in fields]
        file_part = f'{self._opening("file")}; filename="recording"\r\nContent-Type: application/octet-stream\r\n\r\n'
        self._before = "".join([*parts, file_part]).encode()
        self._after = f"\r\n--{self._boundary}--\r\n".encode()

    def headers(self) -> dict[str, str]:
        """The form's own, with its length if that is known."""
        headers = {"Content-Type": f"multipart/form-data; boundary={self._boundary}"}
        if self._file.seekable():
            start = self._file.tell()
            file_bytes = self._file.seek(0, SEEK_END) - start
            self._file.seek(start)
            headers["Content-Length"] = str(len(self._before) + file_bytes + len(self._after))
        return headers

    async def pieces(self) -> AsyncGenerator[bytes]:
        """The form's bytes."""
        yield self._before
        while data := await asyncio.to_thread(self._file.read, PIECE_BYTES):
            yield data
        yield self._after

    def _opening(self, name: str) -> str:
        return f'--{self._boundary}\r\nContent-Disposition: form-data; name="{name}"'
