"""`encoder`: a request's whole cost against that of encoding the same sound in process.

The model must cost nothing, so that what remains above the encoder is the server.
"""

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median

from benchmarks import bars
from benchmarks.load import closed_loop, fault
from benchmarks.plan import Plan, costless, servers
from benchmarks.recording import SPOKEN_RATE_HZ
from benchmarks.report import Section, Table
from benchmarks.spread import milliseconds, paired_ratios, per_second, spread, times
from benchmarks.target import Target
from benchmarks.texts import passage
from benchmarks.wire import Connection, ReplyBroken
from voxhelm.audio.encode import Encoder
from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.pcm import Pcm

COLUMNS = ("format", "clients", "encoder", "server", "ratio", "errors")
# Formats whose encoder does work; for pcm and wav there is next to nothing to compare with.
CODECS = frozenset({"mp3", "opus", "aac", "flac"})
MANY = 32


@dataclass(slots=True)
class Pairs:
    """What the encoder and the server gave, round by round: seconds at one client, requests per second at many."""

    encoder: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def encode(sound: Pcm, audio_format: AudioFormat) -> int:
    """Encode a whole text's sound at once, the cheapest way there is, and count the bytes."""
    with Encoder(audio_format, sound.rate_hz) as encoder:
        return len(encoder.encode(sound)) + len(encoder.finish())


async def sounds(target: Target, texts: Sequence[str]) -> list[Pcm]:
    """The sound of each text, as the server makes it."""
    connection = Connection(target.endpoint)
    found = []
    try:
        for text in texts:
            request = target.speech(text, "pcm")
            reply = await connection.ask(request, keep_body=True)
            if (why := fault(reply, request)) is not None:
                raise ReplyBroken(why)
            found.append(Pcm.from_bytes(bytes(reply.body), SPOKEN_RATE_HZ))
    finally:
        connection.abort()
    return found


async def run(plan: Plan) -> Section:
    """Encode and ask in turns, for each codec, at one client and at many."""
    one: dict[str, Pairs] = {}
    many: dict[str, Pairs] = {}
    async with servers(costless(plan)) as targets:
        target = targets[0]
        texts = [passage(plan.characters, number) for number in range(max(plan.requests, 2 * MANY))]
        made = await sounds(target, texts)
        for name in (name for name in plan.formats if name in CODECS):
            one[name], many[name] = Pairs(), Pairs()
            for turn in range(-1, plan.rounds):
                await _round(target, name, (texts, made), one[name], many[name])
                if turn < 0:  # a round to warm up
                    one[name], many[name] = Pairs(), Pairs()
    seconds = median(sound.duration_seconds for sound in made)
    return _section(plan, f"Model {target.model}; {seconds:.1f} s of sound", one, many)


async def _round(target: Target, name: str, said: tuple[list[str], list[Pcm]], one: Pairs, many: Pairs) -> None:
    texts, made = said
    audio_format = AudioFormat(name)
    requests = [target.speech(text, name) for text in texts]

    alone = await closed_loop(target.endpoint, requests, 1, 60.0)
    one.server.append(median([reply.total_seconds for reply in alone.replies]) if alone.replies else float("inf"))
    one.failures.extend(alone.failures)
    one.encoder.append(median([_timed(sound, audio_format) for sound in made]))

    together = await closed_loop(target.endpoint, requests, MANY, 60.0)
    many.server.append(together.rate)
    many.failures.extend(together.failures)
    # More threads are not always faster: short calls pass the interpreter's lock around. The better of both is the encoder's own.
    many.encoder.append(max(_rate(made, audio_format, threads) for threads in (1, len(os.sched_getaffinity(0)))))


def _timed(sound: Pcm, audio_format: AudioFormat) -> float:
    began = time.perf_counter()
    encode(sound, audio_format)
    return time.perf_counter() - began


def _rate(made: Sequence[Pcm], audio_format: AudioFormat, threads: int) -> float:
    """Encodings per second of so many threads."""
    with ThreadPoolExecutor(threads) as pool:
        began = time.perf_counter()
        done = list(pool.map(lambda sound: encode(sound, audio_format), made))
        return len(done) / (time.perf_counter() - began)


def _section(plan: Plan, what: str, one: dict[str, Pairs], many: dict[str, Pairs]) -> Section:
    rows = []
    costs: list[float] = []
    shares: list[float] = []
    failures: list[str] = []
    for name in one:
        for clients, pairs, form in ((1, one[name], milliseconds), (MANY, many[name], per_second)):
            ratio, own, served = paired_ratios(pairs.server, pairs.encoder), spread(pairs.encoder), spread(pairs.server)
            unit = " ms" if clients == 1 else "/s"
            failures.extend(f"First error of {name}, {clients} clients: {failure}" for failure in pairs.failures[:1])
            if ratio is None or own is None or served is None:
                rows.append((name, str(clients), "-", "-", "-", str(len(pairs.failures))))
                continue
            (costs if clients == 1 else shares).append(ratio.middle)
            numbers = (own.text(form) + unit, served.text(form) + unit, ratio.text(times))
            rows.append((name, str(clients), *numbers, str(len(pairs.failures))))
    verdicts = []
    if costs and shares:
        verdicts = [bars.ENCODER_ONE.measured(max(costs)), bars.ENCODER_MANY.measured(100 * min(shares))]
    note = (
        f"{what} for each text of about {plan.characters} characters. The encoder works on each sound in one call; at {MANY} clients "
        "it has one thread or one for each core, whichever is faster, and no client to share with. The verdicts are for the worst format."
    )
    return Section("encoder", Table(COLUMNS, tuple(rows)), (note, *failures), tuple(verdicts))
