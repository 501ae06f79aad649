"""`microbatch`: what it brings that windows of several callers are heard together, in one engine and in turns."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

from benchmarks.plan import NotMeasurable, Plan, servers
from benchmarks.recording import HEARD_RATE_HZ, Samples, lasting, read, said
from benchmarks.report import Section, Table
from benchmarks.spread import paired_ratios, spread, times
from benchmarks.whisper import models_with_whisper
from voxhelm.catalog.engines import find_engines
from voxhelm.domain.engine import Transcriber
from voxhelm.domain.model import Placement
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment

COLUMNS = ("callers", "windows together", "recordings/s", "against alone", "same text")
ALONE, TOGETHER = "1", "up to 8"
WAYS = {ALONE: "1", TOGETHER: "8"}
SECONDS = 10.0
RECORDINGS = 8


async def run(plan: Plan) -> Section:
    """Hear the same recordings with and without company, round by round."""
    seconds = plan.seconds or SECONDS
    if plan.audio is not None:
        source = read(plan.audio)
    else:
        async with servers(plan) as targets:
            source = await said(targets[0], RECORDINGS * seconds)
    recordings = _cut(lasting(source, RECORDINGS * seconds), seconds)
    with models_with_whisper(plan) as (models, model), ExitStack() as stack:
        engines = {way: stack.enter_context(_loaded(models, size)) for way, size in WAYS.items()}
        for engine in engines.values():
            _round(engine, recordings, 1, 1)  # what is done at the first call only
        rows = [row for callers in plan.clients for row in _cell(plan, engines, recordings, callers)]
    note = f"{model}; recordings of {seconds:.0f} s, each caller one after the other, no server in between."
    return Section("microbatch", Table(COLUMNS, tuple(rows)), (note,))


def _cut(samples: Samples, seconds: float) -> list[Samples]:
    length = round(seconds * HEARD_RATE_HZ)
    return [samples[start : start + length] for start in range(0, len(samples), length)]


@contextmanager
def _loaded(models: Path, batch_size: str) -> Iterator[Transcriber]:
    found = find_engines(()).working.get("faster-whisper")
    specs = found.engine.discover(models) if found is not None else ()
    if found is None or not specs:
        raise NotMeasurable("faster-whisper is not installed: uv pip install 'voxhelm[whisper]'")
    with found.engine.load(replace(specs[0], settings={"batch_size": batch_size}), Placement()) as model:
        yield cast("Transcriber", model)


def _cell(plan: Plan, engines: dict[str, Transcriber], recordings: Sequence[Samples], callers: int) -> list[tuple[str, ...]]:
    """The rows of one number of callers."""
    count = max(callers, min(plan.requests, 2 * callers))
    rates: dict[str, list[float]] = {way: [] for way in engines}
    texts: dict[str, list[str]] = {}
    for number in range(plan.rounds):
        for way, engine in engines.items() if number % 2 else reversed(engines.items()):
            rate, texts[way] = _round(engine, recordings, callers, count)
            rates[way].append(rate)
    rows = []
    for way, measured in rates.items():
        shown, ratio = spread(measured), paired_ratios(measured, rates[ALONE])
        same = "yes" if texts[way] == texts[ALONE] else "no"
        if shown is not None and ratio is not None:
            rows.append((str(callers), way, shown.text(lambda value: f"{value:.2f}"), ratio.text(times), same))
    return rows


def _round(engine: Transcriber, recordings: Sequence[Samples], callers: int, count: int) -> tuple[float, list[str]]:
    """Recordings per second, and what was heard in each."""

    def hear(number: int) -> str:
        samples = recordings[number % len(recordings)]
        segments: list[Segment] = list(engine.transcribe(iter([Pcm(samples, HEARD_RATE_HZ)]), TranscribeOptions(language="en")))
        return " ".join(segment.text for segment in segments)

    with ThreadPoolExecutor(callers) as threads:
        began = time.perf_counter()
        heard = list(threads.map(hear, range(count)))
        return count / (time.perf_counter() - began), heard
