"""`speech`: first byte, total and requests per second of every server, format and number of clients."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from statistics import median

from benchmarks import bars, ceiling
from benchmarks.bars import Verdict
from benchmarks.load import Round, closed_loop
from benchmarks.plan import Plan, servers
from benchmarks.report import Section, Table
from benchmarks.spread import Spread, milliseconds, paired_ratios, per_second, spread, times
from benchmarks.target import Dialect, Target
from benchmarks.texts import passage

COLUMNS = (
    "format",
    "clients",
    "server",
    "first byte ms",
    "total ms",
    "requests/s",
    "first byte, ratio",
    "requests/s, ratio",
    "KB per reply",
    "errors",
)


@dataclass(slots=True)
class Cell:
    """The rounds of one server with one format and one number of clients."""

    rounds: list[Round] = field(default_factory=list)

    def first_bytes(self) -> list[float]:
        """The median time to first sound of each round, in seconds; infinity for a round without a reply."""
        return [_median([reply.first_byte_seconds for reply in each.replies]) for each in self.rounds]

    def totals(self) -> list[float]:
        """The median time of a whole reply of each round, in seconds; infinity for a round without a reply."""
        return [_median([reply.total_seconds for reply in each.replies]) for each in self.rounds]

    def rates(self) -> list[float]:
        """The requests per second of each round."""
        return [each.rate for each in self.rounds]

    def failures(self) -> list[str]:
        """What went wrong, in order."""
        return [failure for each in self.rounds for failure in each.failures]

    def reply_bytes(self) -> float:
        """The median length of a reply."""
        return _median([reply.body_bytes for each in self.rounds for reply in each.replies])


Cells = dict[tuple[str, int, str], Cell]


def _median(values: Sequence[float]) -> float:
    return median(values) if values else float("inf")


async def run(plan: Plan) -> Section:
    """Measure all cells of a plan."""
    async with servers(plan) as targets:
        cells: Cells = {}
        notes: list[str] = []
        numbers = count()
        for audio_format in plan.formats:
            able = [target for target in targets if target.speaks(audio_format)]
            for clients in plan.clients:
                await measure(plan, able, audio_format, clients, numbers, cells)
            notes.append(await _client_alone(plan, able[0], audio_format, cells))
    return section(targets, cells, notes)


async def measure(
    plan: Plan, targets: Sequence[Target], audio_format: str, clients: int, numbers: Iterator[int], cells: Cells
) -> None:
    """Let the servers take turns, each round in the opposite order, with the same texts in each round."""
    for turn in range(-1, plan.rounds):
        warming = turn < 0
        amount = clients if warming else max(plan.requests, 2 * clients)
        texts = [passage(plan.characters, next(numbers)) for _ in range(amount)]
        for target in targets if turn % 2 == 0 else reversed(targets):
            requests = [target.speech(text, audio_format) for text in texts]
            outcome = await closed_loop(target.endpoint, requests, clients, plan.budget_seconds)
            if not warming:
                cells.setdefault((audio_format, clients, target.name), Cell()).rounds.append(outcome)


async def _client_alone(plan: Plan, target: Target, audio_format: str, cells: Cells) -> str:
    sizes = [cell.reply_bytes() for (name, _, server), cell in cells.items() if (name, server) == (audio_format, target.name)]
    size = int(min(sizes)) if sizes and min(sizes) < float("inf") else 0
    request = target.speech(passage(plan.characters), audio_format)
    alone = await ceiling.measure(request, max(size, 64), plan.clients, 8 * plan.requests)
    rates = ", ".join(f"{per_second(outcome.rate)} at {clients}" for clients, outcome in alone.items())
    return f"The client alone, with a server that only writes {size / 1000:.0f} KB ({audio_format}), requests/s: {rates}."


def section(targets: Sequence[Target], cells: Cells, notes: Sequence[str]) -> Section:
    """The table of all cells, with ratios to the first server that has the format."""
    rows = []
    failures: list[str] = []
    for (audio_format, clients, server), cell in cells.items():
        reference = next(cells[key] for key in cells if key[:2] == (audio_format, clients))
        rows.append(_row((audio_format, str(clients), server), cell, reference))
        if cell.failures():
            failures.append(f"First error of {server}, {audio_format}, {clients} clients: {cell.failures()[0]}")
    explanation = "Medians of rounds (lowest to highest). Ratios are to the first server, round by round."
    table = Table(COLUMNS, tuple(rows))
    return Section("speech", table, (explanation, *notes, *failures), tuple(_against_piper(targets, cells)))


def _row(name: tuple[str, str, str], cell: Cell, reference: Cell) -> tuple[str, ...]:
    def shown(values: Spread | None, form: Callable[[float], str]) -> str:
        return "-" if values is None or values.middle == float("inf") else values.text(form)

    size = cell.reply_bytes()
    return (
        *name,
        shown(spread(cell.first_bytes()), milliseconds),
        shown(spread(cell.totals()), milliseconds),
        shown(spread(cell.rates()), per_second),
        shown(paired_ratios(cell.first_bytes(), reference.first_bytes()), times),
        shown(paired_ratios(cell.rates(), reference.rates()), times),
        "-" if size == float("inf") else f"{size / 1000:.1f}",
        str(len(cell.failures())),
    )


def _against_piper(targets: Sequence[Target], cells: Cells) -> Iterator[Verdict]:
    """How the first server fares beside piper's, in the worst of its cells."""
    piper = next((target.name for target in targets if target.dialect is Dialect.PIPER), None)
    if piper is None or targets[0].name == piper:
        return
    rates, first_bytes = [], []
    for (audio_format, clients, server), cell in cells.items():
        if server == piper:
            ours = cells[audio_format, clients, targets[0].name]
            rates.append(paired_ratios(ours.rates(), cell.rates()))
            first_bytes.append(paired_ratios(ours.first_bytes(), cell.first_bytes()))
    known_rates = [each.middle for each in rates if each is not None]
    known_first_bytes = [each.middle for each in first_bytes if each is not None]
    if known_rates and known_first_bytes:
        yield bars.PIPER_RATE.measured(min(known_rates))
        yield bars.PIPER_FIRST_BYTE.measured(max(known_first_bytes))
