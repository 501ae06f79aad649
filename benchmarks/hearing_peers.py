"""`hearing-peers`: Voxhelm, wyoming-faster-whisper and the bare library on the same Whisper model, at several numbers of clients.

The model has the size of OpenAI's smallest and random weights, so it costs what a real one costs. The peer runs on the versions of
faster-whisper and CTranslate2 that Voxhelm runs on; all have the same precision, language and beams.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np

from benchmarks.environment import install, version_in
from benchmarks.load import Round, closed_loop
from benchmarks.plan import Plan, servers
from benchmarks.recording import HEARD_RATE_HZ, Samples, lasting, read, said, upload_of
from benchmarks.report import Section, Table
from benchmarks.server import free_port, listens, program
from benchmarks.speech import Cell
from benchmarks.spread import Spread, megabytes, paired_ratios, per_second, spread, times
from benchmarks.target import Dialect, Target
from benchmarks.tree import resident_bytes
from benchmarks.whisper import FULL_SCALE, models_with_whisper, with_whisper
from benchmarks.wire import Endpoint, Reply, Request
from benchmarks.wyoming import transcribe

COLUMNS = ("clients", "way", "total s", "recordings/s", "recordings/s, ratio", "errors")
SIZE = "tiny"
SECONDS = 10.0
RECORDINGS = 8
LANGUAGE = "en"
BEAMS = 5
PRECISION = "int8"
SHARED_PACKAGES = ("faster-whisper", "ctranslate2", "numpy")
PEER_PACKAGES = ("wyoming-faster-whisper", "faster-whisper", "ctranslate2")
LIBRARY = "the library, in process"

Go = Callable[[Sequence[int], int], Round]


async def run(plan: Plan) -> Section:
    """Hear the same recordings every way, round by round, the ways taking turns."""
    seconds = plan.seconds or SECONDS
    with tempfile.TemporaryDirectory() as temporary, models_with_whisper(plan, SIZE) as (models, model):
        python = await asyncio.to_thread(install, Path(temporary) / "peers", ("wyoming-faster-whisper",), SHARED_PACKAGES)
        others = os.getloadavg()[0]
        async with servers(with_whisper(plan, models, model)) as targets, peer(models / model, python) as wyoming:
            source = read(plan.audio) if plan.audio is not None else await said(targets[0], RECORDINGS * seconds)
            recordings = np.split(lasting(source, RECORDINGS * seconds), RECORDINGS)
            library = await asyncio.to_thread(_library, models / model, recordings)
            cells: dict[tuple[int, str], Cell] = {}
            for clients in plan.clients:
                for turn in range(-1, plan.rounds):
                    numbers = range(clients if turn < 0 else max(plan.requests, clients))
                    for way in [LIBRARY, *targets, wyoming][:: 1 if turn % 2 == 0 else -1]:
                        outcome = (
                            await asyncio.to_thread(library, numbers, clients)
                            if isinstance(way, str)
                            else await _served(way, plan, model, recordings, numbers, clients)
                        )
                        if turn >= 0:
                            cells.setdefault((clients, way if isinstance(way, str) else way.name), Cell()).rounds.append(outcome)
            held = ", ".join(
                f"{target.name} {megabytes(resident_bytes(target.pid))}" for target in [*targets, wyoming] if target.pid is not None
            )
        packages = ", ".join(f"{package} {version_in(python, package)}" for package in PEER_PACKAGES)
    notes = (
        f"{model}; recordings of {seconds:.0f} s. The library is one model that all callers share, called from a thread each.",
        f"MB resident after the load, all processes: {held}.",
        f"The peer runs on {packages}. Before the run the machine had a load of {others:.1f}.",
    )
    return _section(cells, notes)


@asynccontextmanager
async def peer(model: Path, python: Path) -> AsyncIterator[Target]:
    """Start wyoming-faster-whisper with a model's folder."""
    port = free_port()
    words = [str(python), "-m", "wyoming_faster_whisper", "--model", str(model), "--data-dir", str(model.parent)]
    words += ["--language", LANGUAGE, "--beam-size", str(BEAMS), "--compute-type", PRECISION, "--stt-library", "faster-whisper"]
    endpoint = Endpoint("127.0.0.1", port, wyoming=True)
    # Nothing is to be looked up on a hub: the model is in the folder.
    offline = {"HF_HUB_OFFLINE": "1"}
    async with program([*words, "--uri", f"tcp://127.0.0.1:{port}"], lambda: listens(port), offline) as pid:
        yield Target("wyoming-faster-whisper", endpoint, Dialect.WYOMING, pid=pid)


def _library(folder: Path, recordings: Sequence[Samples]) -> Go:
    from faster_whisper import WhisperModel

    model = WhisperModel(str(folder), device="cpu", compute_type=PRECISION)

    def hear(number: int) -> Reply:
        began = time.perf_counter()
        samples = recordings[number % len(recordings)].astype(np.float32) / FULL_SCALE
        segments, _ = model.transcribe(samples, language=LANGUAGE, beam_size=BEAMS)
        text = " ".join(segment.text for segment in segments)
        return Reply(200, body_bytes=len(text), total_seconds=time.perf_counter() - began)

    def go(numbers: Sequence[int], clients: int) -> Round:
        with ThreadPoolExecutor(clients) as threads:
            began = time.perf_counter()
            replies = list(threads.map(hear, numbers))
            return Round(replies, elapsed_seconds=time.perf_counter() - began)

    return go


async def _served(
    target: Target, plan: Plan, model: str, recordings: Sequence[Samples], numbers: Sequence[int], clients: int
) -> Round:
    requests = (_request(target, plan.transcription_model or model, recordings[number % len(recordings)]) for number in numbers)
    return await closed_loop(target.endpoint, requests, clients, budget_seconds=float("inf"))


def _request(target: Target, model: str, samples: Samples) -> Request:
    if target.dialect is Dialect.WYOMING:
        return Request("", transcribe(samples.astype("<i2").tobytes(), HEARD_RATE_HZ, LANGUAGE))
    return upload_of({"model": model, "language": LANGUAGE, "response_format": "json"}, samples)


def _section(cells: dict[tuple[int, str], Cell], notes: Sequence[str]) -> Section:
    rows = []
    failures = []
    for (clients, way), cell in cells.items():
        reference = cells[clients, LIBRARY]
        if cell.failures():
            failures.append(f"First error of {way}, {clients} clients: {cell.failures()[0]}")
        rows.append(
            (
                str(clients),
                way,
                _shown(spread(cell.totals()), lambda value: f"{value:.2f}"),
                _shown(spread(cell.rates()), lambda value: f"{value:.2f}" if value < 10 else per_second(value)),
                _shown(paired_ratios(cell.rates(), reference.rates()), times),
                str(len(cell.failures())),
            )
        )
    return Section("hearing-peers", Table(COLUMNS, tuple(rows)), (*notes, *failures))


def _shown(values: Spread | None, form: Callable[[float], str]) -> str:
    return "-" if values is None or values.middle == float("inf") else values.text(form)
