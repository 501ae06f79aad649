"""`voxhelm bench wer`: how well the recognisers hear your recordings."""

import asyncio
import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from voxhelm.cli.failure import CommandFailed, ExitCode, message_of
from voxhelm.cli.interruptible import run
from voxhelm.cli.reach import Where, reach
from voxhelm.cli.terminal import note_on_stderr
from voxhelm.domain.errors import VoxhelmError
from voxhelm.text.error_rates import ErrorCount, count_errors, total

if TYPE_CHECKING:
    from voxhelm.cli.instance import Instance

BENCH: Final = "Measure on your own recordings."
EPILOG: Final = """
A transcript lies beside its recording: NAME.txt beside NAME.wav.

[bold]Examples[/]
  voxhelm bench wer recordings/
  voxhelm bench wer recordings/ --model whisper-small --model pocketsphinx-en-us
  voxhelm bench wer talk.flac --json | jq '.models[].word_error_rate'
"""
SUFFIXES: Final = (".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".mp4", ".webm", ".aac", ".mka", ".mkv", ".mov")
# What an entry of the list of models is owned by that is a name for another one.
NAMES_OWNER: Final = "voxhelm"


@dataclass(frozen=True, slots=True)
class WerFlags:
    """What `bench wer` can be told."""

    files: Annotated[
        list[str], typer.Argument(metavar="FILE", help="Recordings, or folders of them, with transcripts.", show_default=False)
    ]
    model: Annotated[
        list[str] | None,
        typer.Option("--model", "-m", metavar="NAME", help="Compare these; may be repeated.", show_default="all that hear"),
    ] = None
    language: Annotated[str | None, typer.Option("--language", "-l", metavar="CODE", help="What is spoken, such as en.")] = None
    json: Annotated[bool, typer.Option("--json", help="As JSON, with what was heard.")] = False
    where: Where = field(default_factory=Where)


@dataclass(frozen=True, slots=True)
class Result:
    """One model on one recording. heard: None when it failed, for the reason in `error`. seconds: that it took."""

    model: str
    file: str
    said: str
    heard: str | None
    count: ErrorCount
    seconds: float
    audio_seconds: float
    error: str | None = None


def wer(flags: WerFlags) -> None:
    """Compare recognisers: word and character error rates on recordings with transcripts."""
    recordings = _recordings(flags.files)
    results = run(_measure(flags, recordings))
    if flags.json:
        print(json.dumps(_as_json(results), ensure_ascii=False, indent=2))
    else:
        _print(results)
    if any(result.error is not None for result in results):
        raise typer.Exit(ExitCode.FAILED)


def _recordings(names: Sequence[str]) -> list[Path]:
    """The recordings that have a transcript. Raises CommandFailed when one that is named has none, or nothing is left."""
    found: list[Path] = []
    for name in names:
        path = Path(name)
        if path.is_dir():
            inside = sorted(one for one in path.iterdir() if one.suffix.lower() in SUFFIXES)
            found += [one for one in inside if one.with_suffix(".txt").is_file()]
        elif not path.is_file():
            raise CommandFailed(f"{path}: no such file or folder.", ExitCode.WRONG_USAGE)
        elif not path.with_suffix(".txt").is_file():
            raise CommandFailed(
                f"{path} has no transcript: write what is said into {path.with_suffix('.txt')}.", ExitCode.WRONG_USAGE
            )
        else:
            found.append(path)
    if not found:
        raise CommandFailed("There is no recording with a transcript (NAME.txt beside NAME.wav) there.", ExitCode.WRONG_USAGE)
    return found


async def _measure(flags: WerFlags, recordings: Sequence[Path]) -> list[Result]:
    results: list[Result] = []
    async with reach(flags.where) as instance:
        models = flags.model or [
            one.id
            for one in await instance.models()
            if one.capability == "transcription" and one.engine != NAMES_OWNER and flags.language in (None, *one.languages)
        ]
        if not models:
            raise CommandFailed(f"No installed model hears '{flags.language}'.", ExitCode.FAILED)
        for number, model in enumerate(models, start=1):
            note_on_stderr(f"{model}: {len(recordings)} recordings, model {number} of {len(models)}")
            results += [await _hear(instance, model, path, flags.language) for path in recordings]
    return results


async def _hear(instance: "Instance", model: str, path: Path, language: str | None) -> Result:
    from voxhelm.audio.duration import told_duration_seconds
    from voxhelm.cli.instance import Recording
    from voxhelm.cli.transcript_format import TranscriptFormat

    said = await asyncio.to_thread(path.with_suffix(".txt").read_text, encoding="utf-8")
    audio_seconds = await asyncio.to_thread(told_duration_seconds, path) or 0.0
    started_seconds = time.monotonic()
    heard: str | None = None
    error: str | None = None
    try:
        async with instance.hear(Recording(path, model, language, TranscriptFormat.TEXT)) as transcript:
            heard = " ".join([piece async for piece in transcript.pieces])
    except VoxhelmError as problem:
        error = message_of(problem)
    seconds = time.monotonic() - started_seconds
    count = ErrorCount() if heard is None else count_errors(said, heard)
    return Result(model, str(path), said, heard, count, seconds, audio_seconds, error)


def _print(results: Sequence[Result]) -> None:
    from voxhelm.cli.tables import print_table

    columns = ("MODEL", "RECORDINGS", "WORDS", "WER", "CER", "SUBSTITUTED", "DELETED", "INSERTED", "SPEED")
    print_table(columns, [_row(model, of_model) for model, of_model in _by_model(results).items()])
    failed = [result for result in results if result.error is not None]
    for result in failed:
        print(f"{result.model} failed on {result.file}: {result.error}")


def _row(model: str, results: Sequence[Result]) -> tuple[str, ...]:
    heard = [result for result in results if result.heard is not None]
    count = total(result.count for result in heard)
    rates = (_percent(count.word_error_rate), _percent(count.character_error_rate)) if heard else ("", "")
    wrong = (str(count.substituted), str(count.deleted), str(count.inserted))
    return (model, str(len(heard)), str(count.words), *rates, *wrong, _speed(heard))


def _speed(results: Sequence[Result]) -> str:
    """How many times faster than it is spoken, the loading of the model included."""
    seconds = sum(result.seconds for result in results)
    audio_seconds = sum(result.audio_seconds for result in results)
    return f"{audio_seconds / seconds:.1f}x" if seconds and audio_seconds else ""


def _percent(rate: float) -> str:
    return f"{100 * rate:.1f} %" if math.isfinite(rate) else "all invented"


def _by_model(results: Sequence[Result]) -> dict[str, list[Result]]:
    grouped: dict[str, list[Result]] = {}
    for result in results:
        grouped.setdefault(result.model, []).append(result)
    return grouped


def _as_json(results: Sequence[Result]) -> dict[str, Any]:
    return {
        "models": [
            {"model": model, **_counts(total(one.count for one in of_model)), "recordings": [_recording(one) for one in of_model]}
            for model, of_model in _by_model(results).items()
        ]
    }


def _recording(result: Result) -> dict[str, Any]:
    told = {"file": result.file, "said": result.said.strip(), "heard": result.heard, "error": result.error}
    times = {"seconds": round(result.seconds, 3), "audio_seconds": round(result.audio_seconds, 3)}
    return told | _counts(result.count) | times


def _counts(count: ErrorCount) -> dict[str, Any]:
    return {
        "words": count.words,
        "word_error_rate": _rounded(count.word_error_rate),
        "character_error_rate": _rounded(count.character_error_rate),
        "substituted": count.substituted,
        "deleted": count.deleted,
        "inserted": count.inserted,
    }


def _rounded(rate: float) -> float | None:
    """JSON knows no infinity."""
    return round(rate, 4) if math.isfinite(rate) else None
