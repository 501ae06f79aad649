"""`peers`: Voxhelm, piper's own HTTP server and wyoming-piper on the same voices.

Two voices are written for it: one that costs nothing, which leaves what each server costs by itself, and one with random weights that costs
what a real one of medium quality costs. The peers are installed with the versions of piper-tts and ONNX Runtime that Voxhelm runs on.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

from benchmarks import speech
from benchmarks.bars import Side, Verdict
from benchmarks.environment import install, version_in
from benchmarks.plan import Plan, servers
from benchmarks.report import Section, Table
from benchmarks.server import answers, free_port, listens, program
from benchmarks.speech import Cells
from benchmarks.spread import megabytes
from benchmarks.target import Dialect, Target
from benchmarks.tree import resident_bytes
from benchmarks.wire import Endpoint
from voxhelm.testing.models.piper_voice import write_full_size_piper_voice, write_piper_voice

VOICES: Mapping[str, Callable[[Path], Path]] = {"null": write_piper_voice, "full size": write_full_size_piper_voice}
SHARED_PACKAGES = ("piper-tts", "onnxruntime", "numpy")
PEER_PACKAGES = ("piper-tts", "wyoming-piper", "onnxruntime")
COLUMNS = ("voice", *speech.COLUMNS[1:])


async def run(plan: Plan) -> Section:
    """Measure all servers with each voice, wav only."""
    sections: dict[str, Section] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        python = await asyncio.to_thread(install, folder / "peers", ("piper-tts[http]", "wyoming-piper"), SHARED_PACKAGES)
        others = os.getloadavg()[0]
        for name, write in VOICES.items():
            (folder / name).mkdir()
            sections[name] = await _measure(plan, write(folder / name), python)
        packages = ", ".join(f"{package} {version_in(python, package)}" for package in PEER_PACKAGES)
    return merged(sections, f"Both peers run on {packages}. Before the run the machine had a load of {others:.1f}.")


def merged(sections: Mapping[str, Section], note: str) -> Section:
    """One table of all voices; each verdict is for the worst of them. `sections` are those of `speech`, by the voice."""
    rows = tuple((voice, *row[1:]) for voice, section in sections.items() for row in section.table.rows)
    notes = dict.fromkeys(note for section in sections.values() for note in section.notes)
    verdicts = [verdict for section in sections.values() for verdict in section.verdicts]
    return Section("peers", Table(COLUMNS, rows), (*notes, note), tuple(_worst(verdicts)))


def _worst(verdicts: Sequence[Verdict]) -> Iterator[Verdict]:
    for bar in dict.fromkeys(verdict.bar for verdict in verdicts):
        values = [verdict.value for verdict in verdicts if verdict.bar == bar]
        yield bar.measured(max(values) if bar.side is Side.AT_MOST else min(values))


async def _measure(plan: Plan, voice: Path, python: Path) -> Section:
    settings = {**plan.settings, "models.directory": str(voice.parent)}
    own = replace(plan, settings=settings, model=voice.stem, voice=voice.stem, start=True, targets=())
    async with AsyncExitStack() as stack:
        targets = await stack.enter_async_context(servers(own))
        targets += [await stack.enter_async_context(piper(voice, python)), await stack.enter_async_context(wyoming(voice, python))]
        cells: Cells = {}
        numbers = count()
        for clients in plan.clients:
            await speech.measure(plan, targets, "wav", clients, numbers, cells)
        held = ", ".join(f"{target.name} {megabytes(resident_bytes(target.pid))}" for target in targets if target.pid is not None)
    return speech.section(targets, cells, [f"MB resident after the load on {voice.stem}, all processes: {held}."])


@asynccontextmanager
async def piper(voice: Path, python: Path) -> AsyncIterator[Target]:
    """Start piper's own HTTP server with a voice."""
    port = free_port()
    words = [str(python), "-m", "piper.http_server", "--model", str(voice), "--host", "127.0.0.1", "--port", str(port)]
    endpoint = Endpoint("127.0.0.1", port, "/synthesize")
    async with program(words, lambda: answers(replace(endpoint, prefix=""), "/info")) as pid:
        yield Target("piper", endpoint, Dialect.PIPER, pid=pid)


@asynccontextmanager
async def wyoming(voice: Path, python: Path) -> AsyncIterator[Target]:
    """Start wyoming-piper with a voice."""
    port = free_port()
    words = [str(python), "-m", "wyoming_piper", "--voice", voice.stem, "--data-dir", str(voice.parent)]
    async with program([*words, "--uri", f"tcp://127.0.0.1:{port}"], lambda: listens(port)) as pid:
        yield Target("wyoming-piper", Endpoint("127.0.0.1", port, wyoming=True), Dialect.WYOMING, voice=voice.stem, pid=pid)
