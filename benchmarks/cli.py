"""The command line: one command per measurement, and `all`."""

import argparse
import shlex
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path

import psutil
import uvloop

from benchmarks import machine, report
from benchmarks.plan import HEARING_MODEL, SPEECH_MODEL, NotMeasurable, Plan
from benchmarks.report import Section
from benchmarks.server import StartFailed
from benchmarks.target import Target, endpoint_of
from benchmarks.wire import ReplyBroken

README = Path(__file__).with_name("README.md")

# A command, the module that has its `run`, and what it takes that others do not.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "startup": ("benchmarks.startup", "time from exec to ready"),
    "memory": ("benchmarks.memory", "resident memory when idle and after load"),
    "speech": ("benchmarks.speech", "first byte, total and requests per second"),
    "peers": ("benchmarks.peers", "Voxhelm, piper's HTTP server and wyoming-piper on the same voices"),
    "encoder": ("benchmarks.encoder", "speech over the encoder's own cost"),
    "isolation": ("benchmarks.isolation", "a hosted engine over the same engine in line"),
    "transcription": ("benchmarks.transcription", "hearing over calling the library directly"),
    "hearing-peers": ("benchmarks.hearing_peers", "Voxhelm, wyoming-faster-whisper and the bare library on the same Whisper"),
    "microbatch": ("benchmarks.microbatch", "Whisper's windows of several callers together, and each alone"),
    "realtime-sessions": ("benchmarks.realtime_sessions", "conversations by WebSocket on one core"),
    "realtime-calls": ("benchmarks.realtime_calls", "conversations by WebRTC on one core"),
    "voice-to-voice": (
        "benchmarks.voice_to_voice",
        "from the end of somebody's words to the first sound of the reply, in a browser",
    ),
    "loss": ("benchmarks.loss", "packets lost, late and out of order: aiortc's jitter buffer and ours"),
    "wer": ("benchmarks.wer", "word error rates on recordings with transcripts"),
    "disconnects": ("benchmarks.disconnects", "what is left after clients that vanish"),
    "soak": ("benchmarks.soak", "half an hour of mixed load with kills, leavers and a tight budget (--seconds)"),
    "long-audio": ("benchmarks.long_audio", "growth of memory over three hours of audio"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write when asked to. The status is 1 when something could not be measured."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    parser = _parser()
    options = parser.parse_args(given or ["all"])
    try:
        plan = _plan(options)
    except ValueError as error:
        parser.error(str(error))
    failed = False
    for name in COMMANDS if options.command == "all" else (options.command,):
        print(f"\n## {name}\n", flush=True)
        try:
            section = _measure(name, plan)
        except (NotMeasurable, StartFailed, ReplyBroken, OSError, psutil.NoSuchProcess, ImportError) as error:
            print(f"not measured: {error}", file=sys.stderr)
            failed = True
            continue
        provenance = [*machine.describe(), "`" + shlex.join(["python", "-m", "benchmarks", *given]) + "`"]
        print(section.markdown(provenance), flush=True)
        if options.write:
            report.write(README, section, provenance)
    return 1 if failed else 0


def _measure(name: str, plan: Plan) -> Section:
    run: Callable[[Plan], Awaitable[Section]] = import_module(COMMANDS[name][0]).run

    async def measure() -> Section:
        return await run(plan)

    return uvloop.run(measure())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure Voxhelm and its peers, side by side.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (_, words) in {**COMMANDS, "all": ("", "all of the above, one after the other")}.items():
        _add_options(commands.add_parser(name, help=words, description=words))
    return parser


def _add_options(parser: argparse.ArgumentParser) -> None:
    standard = Plan()
    servers = parser.add_argument_group("servers")
    servers.add_argument(
        "--target",
        action="append",
        default=[],
        metavar="NAME=URL",
        help="a server; piper+http://... is piper's own, wyoming://... one for Home Assistant",
    )
    servers.add_argument("--start", action="store_true", help="start Voxhelm as the first server (done anyway without --target)")
    servers.add_argument(
        "--server-arg", action="append", default=[], metavar="ARG", help="added to `voxhelm serve`: --server-arg=--config=x"
    )
    servers.add_argument(
        "--pid", action="append", default=[], metavar="NAME=PID", help="its process; found by its port when not given"
    )
    servers.add_argument("--key-file", action="append", default=[], metavar="NAME=FILE", help="a file with its API key")
    servers.add_argument("--model", action="append", default=[], metavar="[NAME=]MODEL", help=f"what speaks ({SPEECH_MODEL})")
    servers.add_argument("--voice", action="append", default=[], metavar="[NAME=]VOICE", help="with which voice (alloy)")
    servers.add_argument("--transcription-model", help=f"what hears ({HEARING_MODEL})")
    amounts = parser.add_argument_group("amounts")
    amounts.add_argument("--formats", type=_words, default=standard.formats, help="separated by commas (all of OpenAI's)")
    amounts.add_argument(
        "--clients", type=_numbers, default=standard.clients, help="how many at once, separated by commas (1,8,32)"
    )
    amounts.add_argument("--rounds", type=int, default=standard.rounds, help="turns of each server in each cell (%(default)s)")
    amounts.add_argument(
        "--requests", type=int, default=standard.requests, help="per turn, at least twice the clients (%(default)s)"
    )
    amounts.add_argument(
        "--budget", type=float, default=standard.budget_seconds, help="seconds after which a turn ends (%(default)s)"
    )
    amounts.add_argument("--characters", type=int, default=standard.characters, help="about how long a text is (%(default)s)")
    amounts.add_argument("--count", type=int, help="of disconnects, starts or pairs")
    amounts.add_argument("--seconds", type=float, help="of audio to hear")
    amounts.add_argument("--audio", type=Path, help="a recording to hear, instead of what the server says; for wer also a folder")
    amounts.add_argument("--engine", help="the one to run in line and hosted (fake and espeak); for transcription, `whisper`")
    amounts.add_argument("--whisper", type=Path, help="a Whisper model's folder, instead of a model with random weights")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.split(",") if word)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in _words(text))


def _by_name(entries: Sequence[str]) -> dict[str, str]:
    """`NAME=VALUE` entries; one without a name is for every server and has the name ''."""
    named: dict[str, str] = {}
    for entry in entries:
        name, equals, value = entry.partition("=")
        named[name if equals else ""] = value if equals else entry
    return named


def _plan(options: argparse.Namespace) -> Plan:
    pids, keys = _by_name(options.pid), _by_name(options.key_file)
    models, voices = _by_name(options.model), _by_name(options.voice)
    targets = []
    for name, url in _by_name(options.target).items():
        if not name:
            raise ValueError(f"--target {url}: give it a name, like peer={url}")
        key = Path(keys[name]).read_text(encoding="utf-8").strip() if name in keys else None
        endpoint, dialect = endpoint_of(url, key)
        model, voice = models.get(name, models.get("", SPEECH_MODEL)), voices.get(name, voices.get(""))
        targets.append(Target(name, endpoint, dialect, model, voice, int(pids[name]) if name in pids else None))
    return Plan(
        targets=tuple(targets),
        start=options.start or not targets,
        server_arguments=tuple(options.server_arg),
        model=models.get("voxhelm", models.get("")),
        voice=voices.get("voxhelm", voices.get("")),
        formats=options.formats,
        clients=options.clients,
        rounds=options.rounds,
        requests=options.requests,
        budget_seconds=options.budget,
        characters=options.characters,
        count=options.count,
        seconds=options.seconds,
        engine=options.engine,
        transcription_model=options.transcription_model,
        audio=options.audio,
        whisper=options.whisper,
    )
