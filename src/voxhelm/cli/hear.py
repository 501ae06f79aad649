"""`voxhelm hear`: recordings to text, subtitles or JSON."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final

import typer

from voxhelm.cli.failure import CommandFailed, ExitCode, message_of
from voxhelm.cli.files import whole_file
from voxhelm.cli.hear_flags import PARAGRAPH_SECONDS, TranscriptFlags
from voxhelm.cli.interruptible import run
from voxhelm.cli.reach import Where, reach
from voxhelm.cli.standard_input import PipedInput, piped_recording, readable_in_order
from voxhelm.cli.terminal import note_on_stderr, print_above, progress_when_long, say_on_stderr
from voxhelm.cli.transcript_format import TranscriptFormat
from voxhelm.domain import errors

if TYPE_CHECKING:  # they bring what `--help` can do without
    from rich.progress import Progress, TaskID

    from voxhelm.cli.instance import Instance, Transcript, Wishes

EPILOG: Final = """
[bold]Examples[/]
  voxhelm hear meeting.m4a
  voxhelm hear lecture.mp4 -o lecture.srt
  voxhelm hear *.mp3 --format vtt -o subtitles/
  voxhelm hear rede.mp3 --translate
  voxhelm hear call.wav --channels
  voxhelm hear --format json --words talk.flac | jq .words
  arecord -f cd | voxhelm hear -
"""
STDIN: Final = "-"
SUFFIXES: Final = {one.suffix: one for one in TranscriptFormat}
LOOKS_PER_SECOND: Final = 5
# Errors of the request, not of the recording: every file would meet the same.
OF_THE_REQUEST: Final = (errors.ModelNotFound, errors.ModelUnsuited, errors.LanguageUnsupported, errors.ParameterInvalid)


@dataclass(frozen=True, slots=True)
class HearFlags:
    """What `hear` can be told."""

    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Anything with a sound track; - is stdin.", show_default=False)]
    format: Annotated[
        TranscriptFormat | None,
        typer.Option("--format", "-f", help="Of the transcript; a suffix after -o says it, too.", show_default="text"),
    ] = None
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="PATH", help="A file, or a folder that gets one file per recording.")
    ] = None
    force: Annotated[bool, typer.Option("--force", help="Replace transcripts that exist.")] = False
    words: Annotated[bool, typer.Option("--words", help="With --format json: the time of every word.")] = False
    model: Annotated[str, typer.Option("--model", "-m", metavar="NAME", help="See `voxhelm models`.")] = "auto"
    transcript: TranscriptFlags = field(default_factory=TranscriptFlags)
    where: Where = field(default_factory=Where)


@dataclass(frozen=True, slots=True)
class _Job:
    """One recording. target: the file its transcript goes to; None for stdout. several: whether there are other recordings."""

    name: str
    target: Path | None
    several: bool


def hear(flags: HearFlags) -> None:
    """Turn recordings into text, subtitles or JSON."""
    transcript_format = _format(flags)
    language = flags.transcript.spoken.code()
    _require_sense(flags, transcript_format)
    jobs = _jobs(flags, transcript_format)
    with ExitStack() as stack:
        piped = stack.enter_context(piped_recording()) if STDIN in flags.files else None
        hearer = _Hearer(flags, transcript_format, language, piped)
        if not run(hearer.hear(jobs), on_signal=hearer.stop_reading):
            raise typer.Exit(ExitCode.FAILED)


def _format(flags: HearFlags) -> TranscriptFormat:
    suffix = Path(flags.output or "").suffix.lower()
    chosen = flags.format or SUFFIXES.get(suffix, TranscriptFormat.TEXT)
    if flags.words and chosen is not TranscriptFormat.JSON:
        raise CommandFailed("--words needs --format json; subtitles are timed without it.", ExitCode.WRONG_USAGE)
    return chosen


def _require_sense(flags: HearFlags, transcript_format: TranscriptFormat) -> None:
    """Raise CommandFailed for flags that cannot go together."""
    spoken, who, layout = flags.transcript.spoken, flags.transcript.who, flags.transcript.layout
    spoken.codes()
    if spoken.translate and (flags.words or who.channels or who.speakers or spoken.languages or spoken.keyword):
        raise CommandFailed("--translate goes with --prompt, --paragraphs and the limits of subtitles only.", ExitCode.WRONG_USAGE)
    if who.speakers and (who.channels or transcript_format not in (TranscriptFormat.TEXT, TranscriptFormat.JSON)):
        raise CommandFailed("--speakers needs --format text or json, and is not for --channels.", ExitCode.WRONG_USAGE)
    if layout.paragraphs and (transcript_format is not TranscriptFormat.TEXT or who.channels or who.speakers):
        raise CommandFailed("--paragraphs is for running text: --format text, without speakers.", ExitCode.WRONG_USAGE)


def _wishes(flags: TranscriptFlags) -> "Wishes":
    from voxhelm.cli.instance import Wishes
    from voxhelm.text.cues import CueOptions

    spoken, who, layout = flags.spoken, flags.who, flags.layout
    return Wishes(
        languages=spoken.codes(),
        keywords=tuple(spoken.keyword or ()),
        prompt=spoken.prompt,
        translate=spoken.translate,
        channels=who.channels,
        diarize=who.speakers,
        cues=CueOptions(layout.max_line_characters, layout.max_lines, layout.max_cue_seconds, layout.min_cue_seconds),
        paragraph_seconds=PARAGRAPH_SECONDS if layout.paragraphs else None,
    )


def _jobs(flags: HearFlags, transcript_format: TranscriptFormat) -> Sequence[_Job]:
    """What is to be done, refused as a whole when it cannot come out right: an hour of work shall not end in a clash of names."""
    several = len(flags.files) > 1
    if flags.files.count(STDIN) > 1:
        raise CommandFailed("stdin can be heard once only.", ExitCode.WRONG_USAGE)
    if flags.output is None or flags.output == STDIN:
        if several and transcript_format in (TranscriptFormat.SRT, TranscriptFormat.VTT):
            raise CommandFailed("Subtitles of several recordings need a folder each can be put in: -o FOLDER", ExitCode.WRONG_USAGE)
        return [_Job(name, None, several) for name in flags.files]
    output = Path(flags.output)
    if not several and not output.is_dir() and not flags.output.endswith("/"):
        return [_Job(flags.files[0], output, several)]
    if output.exists() and not output.is_dir():
        raise CommandFailed(f"{output} is a file; several recordings need a folder.", ExitCode.WRONG_USAGE)
    jobs = [_Job(name, output / (_stem(name) + transcript_format.suffix), several) for name in flags.files]
    taken: dict[Path | None, str] = {}
    for job in jobs:
        if job.target in taken:
            raise CommandFailed(f"{taken[job.target]} and {job.name} would both become {job.target}.", ExitCode.WRONG_USAGE)
        taken[job.target] = job.name
    return jobs


def _stem(name: str) -> str:
    return "stdin" if name == STDIN else Path(name).stem


class _Hearer:
    """Hears one recording after the other."""

    def __init__(
        self, flags: HearFlags, transcript_format: TranscriptFormat, language: str | None, piped: BinaryIO | PipedInput | None
    ) -> None:
        self._flags = flags
        self._format = transcript_format
        self._language = language
        self._piped = piped

    def stop_reading(self) -> None:
        """Free the thread that waits for a pipe."""
        if isinstance(self._piped, PipedInput):
            self._piped.stop()

    async def hear(self, jobs: Sequence[_Job]) -> bool:
        """Whether all of them went well; those that did not have been told on stderr."""
        well = True
        async with reach(self._flags.where) as instance:
            for job in jobs:
                try:
                    await self._hear_one(instance, job)
                except BrokenPipeError:
                    raise
                except OF_THE_REQUEST:
                    raise
                except (CommandFailed, errors.VoxhelmError, OSError) as error:
                    well = False
                    reason = error.strerror if isinstance(error, OSError) and error.strerror else message_of(error)
                    say_on_stderr(reason, label=job.name)
        return well

    async def _hear_one(self, instance: "Instance", job: _Job) -> None:
        from voxhelm.cli.instance import Recording

        if job.target is not None and job.target.exists() and not self._flags.force:
            raise CommandFailed(f"{job.target} exists; --force replaces it.")
        with ExitStack() as stack:
            source = await self._source(job, stack)
            total_seconds = await _duration_seconds(source)
            wishes = _wishes(self._flags.transcript)
            recording = Recording(source, self._flags.model, self._language, self._format, self._flags.words, wishes)
            progress = stack.enter_context(progress_when_long())
            task = progress.add_task(job.name if job.several else "Hearing", total=None)
            async with instance.hear(recording) as transcript:
                watching = asyncio.create_task(_watch(transcript, total_seconds, progress, task))
                try:
                    await self._write(job, transcript, progress)
                finally:
                    watching.cancel()
                    await asyncio.gather(watching, return_exceptions=True)

    async def _source(self, job: _Job, stack: ExitStack) -> BinaryIO | Path:
        if job.name == STDIN:
            assert self._piped is not None  # noqa: S101 - it is opened when it is named
            # Entered in a thread, because it waits for the first bytes.
            return await asyncio.to_thread(stack.enter_context, readable_in_order(self._piped))
        # Told here in the words of the system; a decoder would only say that it is no recording.
        os.close(os.open(job.name, os.O_RDONLY))
        return Path(job.name)

    async def _write(self, job: _Job, transcript: "Transcript", progress: "Progress") -> None:
        if job.target is not None:
            job.target.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(job.target) as file:
                async for piece in transcript.pieces:
                    file.write((_finished(piece, self._format) + "\n").encode())
            note_on_stderr(f"Wrote {job.target}")
            return
        if job.several and self._format is TranscriptFormat.TEXT:
            print_above(progress, f"==> {job.name} <==")
        async for piece in transcript.pieces:
            if self._format is TranscriptFormat.JSON and job.several:
                print_above(progress, json.dumps({"file": job.name} | json.loads(piece), ensure_ascii=False))
            else:
                print_above(progress, _finished(piece, self._format))


def _finished(piece: str, transcript_format: TranscriptFormat) -> str:
    """A piece as it is written, without its last end of line."""
    if transcript_format is TranscriptFormat.JSON:
        return json.dumps(json.loads(piece), ensure_ascii=False, indent=2)
    # The empty line behind a paragraph is its own.
    return piece.removesuffix("\n") if piece.endswith("\n") and transcript_format is TranscriptFormat.TEXT else piece.rstrip("\n")


async def _duration_seconds(source: BinaryIO | Path) -> float | None:
    """How long the recording is; only for those who watch."""
    if not isinstance(source, Path) or not sys.stderr.isatty():
        return None
    from voxhelm.audio.duration import told_duration_seconds

    return await asyncio.to_thread(told_duration_seconds, source)


async def _watch(transcript: "Transcript", total_seconds: float | None, progress: "Progress", task: "TaskID") -> None:
    """Move the bar. Where nobody tells how far it is, it only shows that something goes on."""
    while True:
        heard_seconds = transcript.heard_seconds()
        if heard_seconds is not None:
            progress.update(task, completed=heard_seconds, total=total_seconds)
        await asyncio.sleep(1 / LOOKS_PER_SECOND)
