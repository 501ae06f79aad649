"""`long-audio`: how much a server grows while it hears three hours with a model that costs nothing."""

import asyncio
import json
from collections.abc import Iterator

from benchmarks import bars
from benchmarks.load import fault
from benchmarks.plan import HEARING_MODEL, Plan, costless, servers, tree_of
from benchmarks.recording import Samples, babble, upload, upload_of, wav_header
from benchmarks.report import Section, Table
from benchmarks.spread import megabytes
from benchmarks.target import Target
from benchmarks.tree import resident_bytes
from benchmarks.wire import Connection, Reply, ReplyBroken, Request

COLUMNS = ("server", "audio s", "heard s", "took s", "RSS MB before", "RSS MB at most", "growth MB", "RSS MB after")
THREE_HOURS_SECONDS = 3 * 3600.0
PIECE_SECONDS = 10.0
WATCH_SECONDS = 0.1
LIMIT_SECONDS = 3600.0


async def run(plan: Plan) -> Section:
    """Let each server hear, and watch it."""
    seconds = plan.seconds or THREE_HOURS_SECONDS
    rows = []
    growth_bytes: list[int] = []
    light = costless(plan)
    async with servers(light) as targets:
        for target in targets:
            row, grown = await hear(target, seconds, light.transcription_model or HEARING_MODEL)
            rows.append(row)
            growth_bytes.append(grown)
    note = "RSS of the whole process tree, looked at ten times a second. The server has heard ten seconds before, so the model is loaded."
    return Section("long-audio", Table(COLUMNS, tuple(rows)), (note,), (bars.LONG_AUDIO.measured(growth_bytes[0] / 1e6),))


async def hear(target: Target, seconds: float, model: str) -> tuple[tuple[str, ...], int]:
    """The row of one server, and the bytes it grew by. Raises ReplyBroken when it does not hear all of it."""
    pid = tree_of(target)
    fields = {"model": model, "response_format": "verbose_json"}
    piece = babble(PIECE_SECONDS)
    await _ask(target, upload_of(fields, piece))
    before = resident_bytes(pid)
    peak = before
    asking = asyncio.create_task(_ask(target, _upload(fields, piece, round(seconds / PIECE_SECONDS))))
    while not asking.done():
        await asyncio.wait({asking}, timeout=WATCH_SECONDS)
        peak = max(peak, resident_bytes(pid))
    reply = await asking
    heard = float(json.loads(bytes(reply.body))["duration"])
    sizes = (megabytes(before), megabytes(peak), megabytes(peak - before), megabytes(resident_bytes(pid)))
    return (target.name, f"{seconds:.0f}", f"{heard:.0f}", f"{reply.total_seconds:.1f}", *sizes), peak - before


def _upload(fields: dict[str, str], piece: Samples, repeats: int) -> Request:
    content = piece.astype("<i2").tobytes()
    header = wav_header(repeats * len(piece))

    def file() -> Iterator[bytes]:
        yield header
        for _ in range(repeats):
            yield content

    return upload(fields, file(), len(header) + repeats * len(content))


async def _ask(target: Target, request: Request) -> Reply:
    connection = Connection(target.endpoint)
    try:
        reply = await connection.ask(request, keep_body=True, limit_seconds=LIMIT_SECONDS)
    finally:
        connection.abort()
    if (why := fault(reply, request)) is not None:
        raise ReplyBroken(why)
    return reply
