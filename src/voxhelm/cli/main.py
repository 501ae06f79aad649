"""The program `voxhelm`: its commands, and what all of them have in common."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from inspect import Parameter, Signature, signature
from io import TextIOWrapper
from typing import Annotated, Any, Final, TypeVar

import typer
from typer import Context
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from voxhelm.cli import (
    bench,
    cache,
    config,
    doctor,
    engines,
    hear,
    import_,
    keys,
    models,
    pull,
    rm,
    routes,
    say,
    serve,
    voice_check,
    voices,
)
from voxhelm.cli.failure import EXIT_CODES, ExitCode, failures_told
from voxhelm.cli.flags import takes_flags

T = TypeVar("T")
# A command, its flags and what its help ends with.
Described = tuple[Callable[[T], None], type[T], str]

ORDER: Final = (
    "serve",
    "say",
    "hear",
    "voices",
    "routes",
    "models",
    "pull",
    "rm",
    "engines",
    "keys",
    "cache",
    "bench",
    "doctor",
    "config",
    "import",
)
HELP_NAMES: Final = ["-h", "--help"]
EPILOG: Final = f"""
[bold]Start here[/]
  voxhelm serve                    [dim]the server, its console and its OpenAI API[/]
  voxhelm say "Good morning"       [dim]aloud; -o morning.mp3 for a file[/]
  voxhelm hear meeting.m4a         [dim]text; --format srt for subtitles[/]
  voxhelm pull whisper-small       [dim]a better model to hear with[/]

say and hear use the server that runs here, or the one in VOXHELM_URL, and work without any.
Completion for your shell: voxhelm --install-completion

{EXIT_CODES}
"""


def main() -> None:
    """Run the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # Where the terminal cannot show a letter, or a file's name is no text, something is shown all the same.
            stream.reconfigure(errors="backslashreplace")
    try:
        program()()
    except KeyboardInterrupt:
        sys.exit(ExitCode.INTERRUPTED)


def program() -> TyperGroup:
    """All commands, with help that says what a value is and nothing of what is plain."""
    group = get_command(_application())
    assert isinstance(group, TyperGroup)  # noqa: S101 - there is more than one command
    # Typer puts groups last, wherever they were added.
    group.commands = dict(sorted(group.commands.items(), key=lambda item: ORDER.index(item[0])))
    for command in _commands(group):
        for parameter in command.get_params(Context(command, help_option_names=HELP_NAMES)):
            if isinstance(parameter, TyperOption):
                parameter.hidden |= parameter.name in ("install_completion", "show_completion")
                parameter.display_type_rich = partial(_kind_of_value, parameter)  # type: ignore[method-assign]
            elif isinstance(parameter, TyperArgument):
                parameter.display_type_rich = partial(_nothing, parameter)  # type: ignore[method-assign]
    return group


def _commands(group: TyperGroup) -> Iterator[TyperCommand | TyperGroup]:
    """A group and all that is in it."""
    yield group
    for command in group.commands.values():
        if isinstance(command, TyperGroup):
            yield from _commands(command)
        elif isinstance(command, TyperCommand):
            yield command


def _kind_of_value(parameter: TyperOption, ctx: Context) -> str:
    """What a flag takes, where that is not said beside it anyway."""
    if parameter.is_flag or parameter.type_descriptor.is_ranged:
        return ""
    return parameter.metavar or parameter.display_type(ctx)


def _nothing(_parameter: TyperArgument, ctx: Context) -> str:  # noqa: ARG001 - typer's signature
    return ""


def _application() -> typer.Typer:
    app = typer.Typer(
        name="voxhelm",
        help="Private voice AI that you run yourself: it says and hears, behind the OpenAI API.",
        epilog=EPILOG,
        no_args_is_help=True,
        rich_markup_mode="rich",
        # A traceback is for a bug, and is wanted whole then.
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": HELP_NAMES},
    )

    @app.callback()
    def voxhelm(
        version: Annotated[
            bool, typer.Option("--version", "-V", callback=_print_version, is_eager=True, help="Print the version and exit.")
        ] = False,
    ) -> None:
        pass

    def add(run: Callable[[T], None], options: type[T], epilog: str, name: str | None = None) -> None:
        app.command(name, epilog=_with_exit_codes(epilog))(_command(run, options))

    add(serve.serve, serve.ServeFlags, serve.EPILOG)
    add(say.say, say.SayFlags, say.EPILOG)
    add(hear.hear, hear.HearFlags, hear.EPILOG)
    app.add_typer(
        _group(
            "voices",
            (voices.voices, voices.VoicesFlags, voices.EPILOG),
            (voice_check.check, voice_check.CheckFlags, voice_check.EPILOG),
        )
    )
    add(pull.pull, pull.PullFlags, pull.EPILOG)
    app.add_typer(
        _group(
            "models", (models.models, models.ModelsFlags, models.EPILOG), (models.export, models.ExportFlags, models.EXPORT_EPILOG)
        )
    )
    add(rm.rm, rm.RmFlags, rm.EPILOG)
    add(routes.routes, routes.RoutesFlags, routes.EPILOG)
    app.add_typer(
        _group(
            "engines",
            (engines.engines, engines.EnginesFlags, engines.EPILOG),
            (engines.install, engines.InstallFlags, engines.INSTALL_EPILOG),
        )
    )
    app.add_typer(_keys())
    app.add_typer(
        _group("cache", (cache.cache, cache.CacheFlags, cache.EPILOG), (cache.clear, cache.ClearFlags, cache.CLEAR_EPILOG))
    )
    app.add_typer(_bench())
    add(doctor.doctor, doctor.DoctorFlags, doctor.EPILOG)
    add(config.config, config.ConfigFlags, config.EPILOG)
    add(import_.import_, import_.ImportFlags, import_.EPILOG, "import")
    return app


def _group(name: str, itself: Described[Any], more: Described[Any]) -> typer.Typer:
    """A command that does something itself and has one more below it."""
    run, options, epilog = itself
    group = typer.Typer(name=name, epilog=_with_exit_codes(epilog), invoke_without_command=True, rich_markup_mode="rich")
    listing = _command(run, options)

    def alone(ctx: Context, **values: object) -> None:
        if ctx.invoked_subcommand is None:
            listing(**values)

    context = Parameter("ctx", Parameter.KEYWORD_ONLY, annotation=Context)
    alone.__signature__ = Signature([context, *signature(listing).parameters.values()])  # type: ignore[attr-defined]
    alone.__doc__ = listing.__doc__
    group.callback()(alone)
    below, its_options, its_epilog = more
    group.command(epilog=_with_exit_codes(its_epilog))(_command(below, its_options))
    return group


def _keys() -> typer.Typer:
    """`keys`, which is nothing without one of its commands."""
    group = typer.Typer(
        name="keys",
        help="Make, list and revoke API keys.",
        epilog=_with_exit_codes(keys.EPILOG),
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    group.command(epilog=_with_exit_codes(keys.CREATE_EPILOG))(_command(keys.create, keys.CreateFlags))
    group.command("list", epilog=_with_exit_codes(keys.LIST_EPILOG))(_command(keys.list_keys, keys.ListFlags))
    group.command(epilog=_with_exit_codes(keys.REVOKE_EPILOG))(_command(keys.revoke, keys.RevokeFlags))
    return group


def _bench() -> typer.Typer:
    """`bench`, which is nothing without one of its commands."""
    group = typer.Typer(name="bench", help=bench.BENCH, no_args_is_help=True, rich_markup_mode="rich")
    # With a callback, one command alone is not taken for the group.
    group.callback()(lambda: None)
    group.command(epilog=_with_exit_codes(bench.EPILOG))(_command(bench.wer, bench.WerFlags))
    return group


def _command(run: Callable[[T], None], options: type[T]) -> Callable[..., None]:
    """What typer calls: `run` with its flags, its failures told."""

    def told(given: T) -> None:
        with failures_told():
            run(given)

    told.__name__, told.__doc__ = run.__name__, run.__doc__
    return takes_flags(options, told)


def _with_exit_codes(epilog: str) -> str:
    return f"{epilog.strip()}\n\n{EXIT_CODES}"


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"voxhelm {version('voxhelm')}")
        raise typer.Exit
