"""`loss`: what aiortc's jitter buffer and ours make of the same packets. In thought time, since neither looks at a clock."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median, quantiles

from aiortc.jitterbuffer import JitterBuffer as StockBuffer
from aiortc.rtp import RtpPacket

from benchmarks import bars
from benchmarks.network_traces import FRAME_SECONDS, NETWORKS, Arrival, trace
from benchmarks.plan import Plan
from benchmarks.report import Section, Table
from benchmarks.spread import milliseconds, spread
from voxhelm.webrtc.jitter_buffer import Conceal, JitterBuffer, Play, Recover, Silence, SoundPacket

COLUMNS = (
    "network",
    "buffer",
    "not heard %",
    "thrown away %",
    "made up %",
    "stalls/min",
    "longest stall ms",
    "delay ms",
    "p95 ms",
    "at the end ms",
)
SECONDS = 60.0
STALL_SECONDS = 0.1
LAST_FRAMES = 50
FRAME_SAMPLES = 960
MUSIC_OF_20_MS = 31 << 3  # the first byte of an Opus packet, by which its length is known
FIRST_SEQUENCE, FIRST_TIMESTAMP = 65_000, (1 << 32) - 100_000  # both wrap on the way


@dataclass(frozen=True, slots=True)
class Heard:
    """A packet's sound as it went on: of the packet itself, or of the copy in the next one."""

    at_seconds: float
    number: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a listener got. made_up_seconds: of sound that nobody had sent."""

    heard: Sequence[Heard]
    made_up_seconds: float


def stock(arrivals: Sequence[Arrival]) -> Outcome:
    """aiortc's, as its receiver uses it for sound. Whatever it gives is decoded at once."""
    buffer = StockBuffer(capacity=16, prefetch=4)
    heard = []
    numbers = {}
    for arrival in arrivals:
        packet = RtpPacket(
            payload_type=96,
            sequence_number=(FIRST_SEQUENCE + arrival.number) % (1 << 16),
            timestamp=(FIRST_TIMESTAMP + arrival.number * FRAME_SAMPLES) % (1 << 32),
        )
        packet._data = b"sound"  # type: ignore[attr-defined]  # noqa: SLF001  # as its receiver does
        numbers[packet.timestamp] = arrival.number
        _, frame = buffer.add(packet)
        if frame is not None:
            heard.append(Heard(arrival.at_seconds, numbers[frame.timestamp]))
    return Outcome(heard, 0.0)


def ours(arrivals: Sequence[Arrival]) -> Outcome:
    """Voxhelm's, woken whenever it asks for it."""
    buffer = JitterBuffer(0.0)
    heard: list[Heard] = []
    made_up = 0

    def take(now: float) -> None:
        nonlocal made_up
        for piece in buffer.take(now):
            match piece:
                case Play(payload):
                    heard.append(Heard(now, _number(payload)))
                case Recover(payload):
                    heard.append(Heard(now, _number(payload) - 1))
                case Conceal(samples) | Silence(samples):
                    made_up += samples

    for arrival in arrivals:
        while (wake := buffer.wake_at_seconds) is not None and wake <= arrival.at_seconds:
            take(wake)
        buffer.put(_packet(arrival.number), arrival.at_seconds)
        take(arrival.at_seconds)
    return Outcome(heard, made_up / FRAME_SAMPLES * FRAME_SECONDS)


BUFFERS: dict[str, Callable[[Sequence[Arrival]], Outcome]] = {"aiortc": stock, "voxhelm": ours}


async def run(plan: Plan) -> Section:
    """Send every trace through both."""
    count = round((plan.seconds or SECONDS) / FRAME_SECONDS)
    rows = []
    verdicts = []
    for name, network in NETWORKS.items():
        traces = [trace(network, seed, count) for seed in range(plan.rounds)]
        for buffer, listen in BUFFERS.items():
            measured = [_measured(arrivals, listen(arrivals), count) for arrivals in traces]
            columns = list(zip(*measured, strict=True))
            rows.append((name, buffer, *(_cell(values, form) for values, form in zip(columns, FORMS, strict=True))))
            if buffer == "voxhelm" and name == "5 % lost":
                verdicts = [
                    bars.LOSS_THROWN_AWAY.measured(max(columns[1])),
                    bars.LOSS_DELAY.measured(max(columns[-1]) * 1_000),
                ]
    note = (
        f"{plan.rounds} traces of {count * FRAME_SECONDS:.0f} s each, the same for both; the median of them and their range. Not heard: "
        "neither the packet nor its copy in the next one. Thrown away: it had arrived. A stall is more than "
        f"{STALL_SECONDS * 1_000:.0f} ms without sound. Delay: from when it was sent until it can be decoded; at the end: of the last "
        "second. Senders are taken to add copies, as browsers do when asked; aiortc's receiver does not use them, and makes nothing up."
    )
    return Section("loss", Table(COLUMNS, tuple(rows)), (note,), tuple(verdicts))


def _percent(value: float) -> str:
    return f"{value:.1f}"


FORMS = (_percent, _percent, _percent, _percent, milliseconds, milliseconds, milliseconds, milliseconds)


def _measured(arrivals: Sequence[Arrival], outcome: Outcome, count: int) -> tuple[float, ...]:
    """In the order of the columns. What is still in a buffer when the last packet has come is not counted against it."""
    last = max(heard.number for heard in outcome.heard)
    sent = last + 1
    heard = {one.number for one in outcome.heard}
    arrived = {arrival.number for arrival in arrivals if arrival.number <= last}
    delays = [one.at_seconds - one.number * FRAME_SECONDS for one in outcome.heard]
    pauses = [later.at_seconds - earlier.at_seconds for earlier, later in pairwise(outcome.heard)]
    minutes = count * FRAME_SECONDS / 60
    return (
        100 * (sent - len(heard)) / sent,
        100 * len(arrived - heard) / len(arrived),
        100 * outcome.made_up_seconds / (sent * FRAME_SECONDS),
        sum(pause > STALL_SECONDS + 1e-9 for pause in pauses) / minutes,
        max(pauses),
        median(delays),
        quantiles(delays, n=20)[-1],
        fmean(delays[-LAST_FRAMES:]),
    )


def _cell(values: Sequence[float], form: Callable[[float], str]) -> str:
    shown = spread([value + 0.0 for value in values])
    return "-" if shown is None else shown.text(form)


def _packet(number: int) -> SoundPacket:
    return SoundPacket(
        1,
        (FIRST_SEQUENCE + number) % (1 << 16),
        (FIRST_TIMESTAMP + number * FRAME_SAMPLES) % (1 << 32),
        bytes([MUSIC_OF_20_MS]) + number.to_bytes(4, "big"),
    )


def _number(payload: bytes) -> int:
    return int.from_bytes(payload[1:], "big")
