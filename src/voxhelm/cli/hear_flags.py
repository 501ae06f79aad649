"""What `voxhelm hear` can be told of the transcript it is to write."""

from dataclasses import dataclass, field
from typing import Annotated, Final

import typer

from voxhelm.cli.failure import CommandFailed, ExitCode
from voxhelm.text.language_names import NAMES

LANGUAGES: Final = "What is spoken"
SPEAKERS: Final = "Who speaks"
SUBTITLES: Final = "Subtitles"
# A pause this long is where a speaker comes to another matter.
PARAGRAPH_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class LanguageFlags:
    """What is spoken, and what is to be written of it."""

    language: Annotated[
        str | None,
        typer.Option("--language", "-l", metavar="CODE", help="What is spoken, such as en or bg.", rich_help_panel=LANGUAGES),
    ] = None
    languages: Annotated[
        str | None,
        typer.Option(
            metavar="CODES", help="What may be spoken, such as en,bg: it may change on the way.", rich_help_panel=LANGUAGES
        ),
    ] = None
    translate: Annotated[
        bool, typer.Option("--translate", help="Write English, whatever is spoken.", rich_help_panel=LANGUAGES)
    ] = False
    keyword: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WORDS", help="A name or term to expect; may be repeated.", rich_help_panel=LANGUAGES, show_default=False
        ),
    ] = None
    prompt: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What was said before, or in which style.", rich_help_panel=LANGUAGES)
    ] = None

    def code(self) -> str | None:
        """The language. Raises CommandFailed for what is none."""
        return None if self.language is None else _code(self.language)

    def codes(self) -> tuple[str, ...]:
        """The languages that may be spoken. Raises CommandFailed."""
        return tuple(_code(one) for one in self.languages.split(",")) if self.languages is not None else ()


@dataclass(frozen=True, slots=True)
class SpeakerFlags:
    """Whether it is to be told who speaks."""

    channels: Annotated[
        bool, typer.Option("--channels", help="Each channel of the recording is a speaker.", rich_help_panel=SPEAKERS)
    ] = False
    speakers: Annotated[
        bool, typer.Option("--speakers", help="Tell speakers apart; needs a diariser.", rich_help_panel=SPEAKERS)
    ] = False


@dataclass(frozen=True, slots=True)
class LayoutFlags:
    """How text and subtitles are laid out."""

    paragraphs: Annotated[
        bool, typer.Option("--paragraphs", help="Running text with an empty line at long pauses.", rich_help_panel=SUBTITLES)
    ] = False
    max_line_characters: Annotated[int, typer.Option(min=8, max=500, help="The longest line.", rich_help_panel=SUBTITLES)] = 42
    max_lines: Annotated[int, typer.Option(min=1, max=20, help="Lines at a time.", rich_help_panel=SUBTITLES)] = 2
    max_cue_seconds: Annotated[
        float, typer.Option(min=0.5, max=60, help="How long one stays at most.", rich_help_panel=SUBTITLES)
    ] = 7.0
    min_cue_seconds: Annotated[
        float, typer.Option(min=0, max=20, help="How long one stays at least.", rich_help_panel=SUBTITLES)
    ] = 1.0


@dataclass(frozen=True, slots=True)
class TranscriptFlags:
    """All of them."""

    spoken: LanguageFlags = field(default_factory=LanguageFlags)
    who: SpeakerFlags = field(default_factory=SpeakerFlags)
    layout: LayoutFlags = field(default_factory=LayoutFlags)


def _code(given: str) -> str:
    code = given.strip().lower().replace("_", "-").partition("-")[0]
    if code not in NAMES:
        raise CommandFailed(f"'{given}' is no ISO 639-1 code of a language, such as en or bg.", ExitCode.WRONG_USAGE)
    return code
