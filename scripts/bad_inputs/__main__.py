"""`python -m scripts.bad_inputs`: attack a server that is started for it, or one that runs, and print what came of it."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from typing import Final

from scripts.bad_inputs.attack import Fault, Server
from scripts.bad_inputs.client import send
from scripts.bad_inputs.examination import Plan, examine, under_attack
from scripts.bad_inputs.families import case_of
from scripts.bad_inputs.judge import fault_of
from scripts.bad_inputs.world import World

SHOWN_FAULTS: Final = 40
SHOWN_BYTES: Final = 2_000
LOOK_LIMIT_SECONDS: Final = 600.0


async def run(arguments: argparse.Namespace) -> int:
    """The exit status: 0 when nothing was wrong."""
    plan = Plan(arguments.seed, arguments.start, arguments.count, arguments.at_once, arguments.seconds)
    async with under_attack(arguments.url) as (server, world):
        if arguments.only is not None:
            return await _look(server, world, arguments.seed, arguments.only)
        findings = await examine(server, world, plan)
    print(findings.tally.table().markdown(), findings.server_table().markdown(), sep="\n\n")
    _tell(findings.faults, arguments.seed)
    return 1 if findings.faults else 0


async def _look(server: Server, world: World, seed: int, number: int) -> int:
    """Show one input and what comes of it."""
    case = case_of(seed, number, world)
    print(f"{case.family}, {case.ending.value}")
    for piece in case.sent:
        print(f"  {piece[:SHOWN_BYTES]!r}{'...' if len(piece) > SHOWN_BYTES else ''}")
    outcome = await send(server.host, server.port, case, LOOK_LIMIT_SECONDS)
    print(f"status {outcome.status}, complete {outcome.complete}, closed {outcome.closed}, timed out {outcome.timed_out}")
    print(f"  {outcome.headers}\n  {bytes(outcome.body[:SHOWN_BYTES])!r}")
    fault = fault_of(case, outcome)
    print(fault or "nothing is wrong with that")
    return 1 if fault else 0


def _tell(faults: Sequence[Fault], seed: int) -> None:
    if not faults:
        print("\nEvery input was answered honestly or let go, and nothing is left behind.")
        return
    print(f"\n{len(faults)} faults:")
    for fault in faults[:SHOWN_FAULTS]:
        again = "" if fault.number is None else f"   (--seed {seed} --only {fault.number})"
        print(f"  {fault.family}: {fault.what}{again}")


def main() -> int:
    """The command line."""
    usual = Plan()
    parser = argparse.ArgumentParser(prog="python -m scripts.bad_inputs", description=__doc__)
    parser.add_argument("--count", type=int, default=usual.count, help="how many inputs")
    parser.add_argument(
        "--seed", type=int, default=usual.seed, help="another seed makes other inputs; the same one makes the same again"
    )
    parser.add_argument("--start", type=int, default=usual.start, help="the number of the first input")
    parser.add_argument("--at-once", type=int, default=usual.at_once, help="how many clients")
    parser.add_argument("--seconds", type=float, help="stop after so many, even if not all are sent")
    parser.add_argument("--url", help="a server that runs, without /v1; else one is started")
    parser.add_argument("--only", type=int, help="send the input of this number alone, and show it")
    return asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
