"""`wer`: how much of what is said in recordings is heard, against transcripts that lie beside them as .txt files."""

import re
from collections.abc import Sequence
from pathlib import Path

import httpx
import jiwer

from benchmarks.plan import HEARING_MODEL, NotMeasurable, Plan, servers
from benchmarks.report import Section, Table
from benchmarks.target import Target

COLUMNS = ("recording", "words", "word error rate", "heard")
CLIPS = Path(__file__).parent.parent / "tests" / "data"
SUFFIXES = (".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".webm")
LIMIT_SECONDS = 600.0


def normalised(text: str) -> str:
    """Lower case, no punctuation: what recognisers without casing can be compared on."""
    return " ".join(re.sub(r"[^\w' ]", " ", text.lower()).split())


def recordings(place: Path | None) -> list[Path]:
    """The recordings in a folder, or one file, that have a transcript. Raises NotMeasurable."""
    place = place or CLIPS
    found = sorted(place.iterdir()) if place.is_dir() else [place]
    known = [path for path in found if path.suffix in SUFFIXES and path.with_suffix(".txt").is_file()]
    if not known:
        raise NotMeasurable(f"no recording with a transcript (NAME.txt beside NAME.wav) in {place}: give --audio")
    return known


def hear(target: Target, path: Path, model: str) -> str:
    """What the server hears."""
    url = f"http://{target.endpoint.host}:{target.endpoint.port}/v1/audio/transcriptions"
    with path.open("rb") as file:
        answer = httpx.post(url, data={"model": model}, files={"file": (path.name, file)}, timeout=LIMIT_SECONDS)
    answer.raise_for_status()
    return str(answer.json()["text"])


async def run(plan: Plan) -> Section:
    """Hear every recording once: a recogniser answers the same every time."""
    model = plan.transcription_model or HEARING_MODEL
    paths = recordings(plan.audio)
    said: list[str] = []
    heard: list[str] = []
    rows = []
    async with servers(plan) as targets:
        for path in paths:
            said.append(normalised(path.with_suffix(".txt").read_text(encoding="utf-8")))
            heard.append(normalised(hear(targets[0], path, model)))
            rows.append(_row(path.name, said[-1:], heard[-1:]))
    rows.append(_row("all", said, heard, told=False))
    return Section("wer", Table(COLUMNS, tuple(rows)), (f"Model {model}. Case and punctuation do not count.",))


def _row(name: str, said: Sequence[str], heard: Sequence[str], *, told: bool = True) -> tuple[str, ...]:
    rate = jiwer.wer(list(said), list(heard))
    words = sum(len(text.split()) for text in said)
    return (name, str(words), f"{rate:.2f}", heard[0] if told else "")
