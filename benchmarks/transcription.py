"""`transcription`: hearing through the server against hearing by the engine's library, in turns."""

import asyncio
import time
from collections.abc import Callable

from pocketsphinx import Decoder

from benchmarks import bars, whisper
from benchmarks.bars import Bar, Verdict
from benchmarks.load import fault
from benchmarks.plan import HEARING_MODEL, Plan, servers
from benchmarks.recording import HEARD_RATE_HZ, Samples, lasting, read, said, upload_of
from benchmarks.report import Section, Table
from benchmarks.spread import paired_ratios, spread, times
from benchmarks.target import Target
from benchmarks.wire import Connection, ReplyBroken

COLUMNS = ("way", "seconds", "against the library", "times real time", "errors")
MINUTE_SECONDS = 60.0
# As in engines/pocketsphinx: more than the library's own default, which is quicker and hears less.
SCORED_GAUSSIANS = 8


def library() -> Callable[[Samples], float]:
    """PocketSphinx through its own Python class, with the search settings of our engine; the model is loaded before the clock starts."""
    decoder = Decoder(samprate=HEARD_RATE_HZ, loglevel="FATAL", topn=SCORED_GAUSSIANS)

    def hear(samples: Samples) -> float:
        began = time.perf_counter()
        decoder.start_utt()
        decoder.process_raw(samples.tobytes(), full_utt=True)
        decoder.end_utt()
        decoder.hyp()
        return time.perf_counter() - began

    return hear


async def ask(target: Target, samples: Samples, model: str) -> float:
    """The seconds a transcription takes through the server. Raises ReplyBroken."""
    connection = Connection(target.endpoint)
    request = upload_of({"model": model, "response_format": "json"}, samples)
    try:
        reply = await connection.ask(request, limit_seconds=600)
    finally:
        connection.abort()
    if (why := fault(reply, request)) is not None:
        raise ReplyBroken(why)
    return reply.total_seconds


async def run(plan: Plan) -> Section:
    """Hear the same recording every way, round by round."""
    if plan.engine != "whisper":
        return await compare(plan, library(), "transcription", bars.TRANSCRIPTION)
    with whisper.models_with_whisper(plan) as (models, model):
        hear = whisper.library(models / model)
        return await compare(whisper.with_whisper(plan, models, model), hear, "transcription-whisper", bars.WHISPER)


async def compare(plan: Plan, hear: Callable[[Samples], float], name: str, bar: Bar) -> Section:
    """The servers of a plan against `hear`, which gives the seconds it took. name: of the section."""
    seconds = plan.seconds or MINUTE_SECONDS
    model = plan.transcription_model or HEARING_MODEL
    async with servers(plan) as targets:
        source = read(plan.audio) if plan.audio is not None else await said(targets[0], seconds)
        samples = lasting(source, seconds)
        taken: dict[str, list[float]] = {"the library, in process": []}
        failures: dict[str, list[str]] = {target.name: [] for target in targets}
        for target in targets:
            await ask(target, lasting(source, 2.0), model)  # the model is loaded, as the library's is
        for _ in range(plan.rounds):
            taken["the library, in process"].append(await asyncio.to_thread(hear, samples))
            for target in targets:
                try:
                    took = await ask(target, samples, model)
                except (ReplyBroken, OSError, TimeoutError) as error:
                    failures[target.name].append(str(error))
                    took = float("inf")
                taken.setdefault(target.name, []).append(took)
    rows, verdicts = _rows(seconds, taken, failures, bar)
    origin = plan.audio.name if plan.audio is not None else "speech that the first server said"
    note = f"{seconds:.0f} s of {origin}, 16 kHz mono, heard by {model}; the server is sent a WAV file and decodes it."
    errors = tuple(f"First error of {name}: {found[0]}" for name, found in failures.items() if found)
    return Section(name, Table(COLUMNS, rows), (note, *errors), verdicts)


def _rows(
    seconds: float, taken: dict[str, list[float]], failures: dict[str, list[str]], bar: Bar
) -> tuple[tuple[tuple[str, ...], ...], tuple[Verdict, ...]]:
    direct, *served = taken
    rows = []
    verdicts = []
    for way, values in taken.items():
        measured, ratio = spread(values), paired_ratios(values, taken[direct])
        if measured is None or ratio is None:
            rows.append((way, "-", "-", "-", str(len(failures[way]))))
            continue
        if served and way == served[0]:
            verdicts.append(bar.measured(ratio.middle))
        rows.append(
            (
                way,
                measured.text(lambda value: f"{value:.2f}"),
                ratio.text(times),
                f"{measured.middle / seconds:.3f}",
                str(len(failures.get(way, ()))),
            )
        )
    return tuple(rows), tuple(verdicts)
