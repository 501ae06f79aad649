"""`voxhelm say`: a text aloud, into a file or into a pipe."""

import os
import stat
import sys
import wave
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import typer

from voxhelm.audio.formats import AudioFormat
from voxhelm.cli.failure import CommandFailed, ExitCode
from voxhelm.cli.files import is_special, whole_file
from voxhelm.cli.interruptible import run
from voxhelm.cli.reach import Where, reach
from voxhelm.cli.terminal import bytes_text, note_on_stderr, progress_when_long
from voxhelm.text.captions import CaptionFormat

EPILOG: Final = """
[bold]Examples[/]
  voxhelm say Good morning
  voxhelm say "Добро утро" -o morning.mp3
  voxhelm say --voice bg --speed 1.2 < chapter.txt -o chapter.opus
  voxhelm say --captions chapter.srt -o chapter.mp3 < chapter.txt
  voxhelm say "Is it true?" | voxhelm hear -

[bold]Where the sound goes[/]: to the loudspeaker; with -o to a file, whose suffix names the format; to stdout \
(wav, or --format) with -o - or when stdout is a pipe or a file.
"""
STDOUT: Final = "-"
SUFFIXES: Final = {one.suffix: one for one in AudioFormat} | {
    ".ogg": AudioFormat.OPUS,
    ".oga": AudioFormat.OPUS,
    ".wave": AudioFormat.WAV,
    ".raw": AudioFormat.PCM,
}
RATE_HZ: Final = 24_000
BYTES_PER_SAMPLE: Final = 2


@dataclass(frozen=True, slots=True)
class SayFlags:
    """What `say` can be told."""

    text: Annotated[
        list[str] | None,
        typer.Argument(metavar="TEXT", help="What to say; - or nothing reads it from stdin.", show_default=False),
    ] = None
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Write the sound there instead; - is stdout.")
    ] = None
    format: Annotated[
        AudioFormat | None,
        typer.Option("--format", "-f", help="Of what is written; the suffix of FILE says it, too.", show_default=False),
    ] = None
    play: Annotated[bool, typer.Option("--play", help="Play, even when stdout is a pipe.")] = False
    voice: Annotated[
        str | None,
        typer.Option("--voice", "-v", metavar="NAME", help="See `voxhelm voices`. Without it: one of the text's language."),
    ] = None
    speed: Annotated[float, typer.Option("--speed", "-s", min=0.25, max=4.0, help="1 is the voice's natural pace.")] = 1.0
    model: Annotated[str, typer.Option("--model", "-m", metavar="NAME", help="See `voxhelm models`.")] = "auto"
    captions: Annotated[
        Path | None,
        typer.Option("--captions", metavar="FILE", help="Write captions there as well: .srt, .vtt or .json.", show_default=False),
    ] = None
    where: Where = field(default_factory=Where)


class _Goal(Enum):
    LOUDSPEAKER = auto()
    STDOUT = auto()
    FILE = auto()


def say(flags: SayFlags) -> None:
    """Say a text: aloud, into a file or into a pipe."""
    goal = _goal(flags)
    audio_format = _format(flags, goal)
    caption_format = _caption_format(flags.captions)
    text = _text(flags.text)
    run(_say(flags, text, goal, audio_format, caption_format))


def _goal(flags: SayFlags) -> _Goal:
    if flags.play and flags.output is not None:
        raise CommandFailed("--play and -o do not go together: choose one.", ExitCode.WRONG_USAGE)
    if flags.play:
        return _Goal.LOUDSPEAKER
    if flags.output is None:
        mode = os.fstat(sys.stdout.fileno()).st_mode
        piped = stat.S_ISFIFO(mode) or stat.S_ISREG(mode) or stat.S_ISSOCK(mode)
        return _Goal.STDOUT if piped else _Goal.LOUDSPEAKER
    if flags.output != STDOUT:
        return _Goal.FILE
    if sys.stdout.isatty():
        raise CommandFailed("Sound is not for a terminal: pipe it somewhere, or name a file: -o speech.mp3", ExitCode.WRONG_USAGE)
    return _Goal.STDOUT


def _format(flags: SayFlags, goal: _Goal) -> AudioFormat:
    if goal is _Goal.LOUDSPEAKER:
        return AudioFormat.PCM
    if flags.format is not None:
        return flags.format
    if goal is _Goal.STDOUT:
        return AudioFormat.WAV
    suffix = Path(flags.output or "").suffix.lower()
    if suffix not in SUFFIXES:
        problem = f"'{suffix}' is no format of sound that Voxhelm writes" if suffix else f"'{flags.output}' does not say its format"
        raise CommandFailed(
            f"{problem}. Choose one of {', '.join(one.suffix for one in AudioFormat)}, or add --format.", ExitCode.WRONG_USAGE
        )
    return SUFFIXES[suffix]


def _caption_format(path: Path | None) -> CaptionFormat | None:
    if path is None:
        return None
    try:
        return CaptionFormat(path.suffix.lower().removeprefix("."))
    except ValueError:
        known = ", ".join(f".{one.value}" for one in CaptionFormat)
        raise CommandFailed(
            f"'{path}' does not say what captions it is to hold. Choose one of {known}.", ExitCode.WRONG_USAGE
        ) from None


def _text(words: list[str] | None) -> str:
    if words and words != [STDOUT]:
        return " ".join(words)
    if not words and sys.stdin.isatty():
        raise CommandFailed('Nothing to say. Try: voxhelm say "Good morning"', ExitCode.WRONG_USAGE)
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandFailed(f"The text on stdin is not UTF-8 (byte {error.start}).", ExitCode.WRONG_USAGE) from error


async def _say(flags: SayFlags, text: str, goal: _Goal, audio_format: AudioFormat, captions: CaptionFormat | None) -> None:
    from voxhelm.cli.instance import Saying

    # A WAV file says how long it is at its beginning, which a stream cannot: it is written here, from bare samples.
    path = Path(flags.output or "")
    finite_wav = audio_format is AudioFormat.WAV and goal is _Goal.FILE and not is_special(path)
    asked = AudioFormat.PCM if finite_wav else audio_format
    saying = Saying(text, flags.model, flags.voice, asked, flags.speed)
    async with AsyncExitStack() as stack:
        if captions is not None and flags.captions is not None:
            captions_file = stack.enter_context(whole_file(flags.captions))
            saying = replace(saying, captions=captions, on_captions=lambda told: captions_file.write(told.encode()))
        if goal is _Goal.LOUDSPEAKER:
            from voxhelm.cli.play import open_player

            player = stack.enter_context(open_player())
            instance = await stack.enter_async_context(reach(flags.where))
            await player.play(await stack.enter_async_context(instance.say(saying)))
            return
        instance = await stack.enter_async_context(reach(flags.where))
        if goal is _Goal.STDOUT:
            sound = await stack.enter_async_context(instance.say(saying))
            await _copy(sound, _write_to(sys.stdout.buffer))
            return
        with whole_file(path) as file, _sink(file, finite_wav) as write:
            written_bytes = await _copy(await stack.enter_async_context(instance.say(saying)), write)
    note_on_stderr(f"Wrote {path} ({bytes_text(written_bytes)})")


def _write_to(file: BinaryIO) -> Callable[[bytes], object]:
    def write(data: bytes) -> None:
        file.write(data)
        # Whoever is behind a pipe shall hear it as it is made.
        file.flush()

    return write


@contextmanager
def _sink(file: BinaryIO, finite_wav: bool) -> Iterator[Callable[[bytes], object]]:
    """Where to write encoded sound, or bare samples that are to become a WAV file."""
    if not finite_wav:
        yield file.write
        return
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(BYTES_PER_SAMPLE)
        wav.setframerate(RATE_HZ)
        yield wav.writeframesraw


async def _copy(sound: AsyncIterator[bytes], write: Callable[[bytes], object]) -> int:
    """Write it as it comes; return how many bytes there were."""
    written_bytes = 0
    with progress_when_long(bytes_text) as progress:
        task = progress.add_task("Saying", total=None)
        async for data in sound:
            write(data)
            written_bytes += len(data)
            progress.update(task, completed=written_bytes)
    return written_bytes
