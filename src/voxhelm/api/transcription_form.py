"""The forms of transcriptions and translations."""

import base64
import binascii
import re
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from voxhelm.api.hearing_form import (
    CUES,
    ChunkingStrategy,
    MaxCueSeconds,
    MaxLineCharacters,
    MaxLines,
    MinCueSeconds,
    Model,
    ParagraphSeconds,
    Prompt,
    Temperature,
    chunking_of,
    known_language,
)
from voxhelm.api.transcripts import Rendering
from voxhelm.domain.errors import ParameterInvalid
from voxhelm.domain.options import TranscribeOptions
from voxhelm.serving.hear import Channels
from voxhelm.serving.speakers import REFERENCES, NamedSpeaker
from voxhelm.text.cues import CueOptions
from voxhelm.text.transcript import ParagraphOptions

# Fields whose value is a list; clients send them with brackets or without.
LISTS: Final = ("timestamp_granularities", "include", "languages", "keywords", "known_speaker_names", REFERENCES)
OBJECTS: Final = ("chunking_strategy",)
MOST_SPEAKERS: Final = 4
DATA_URL: Final = re.compile(r"data:[^,]*;base64,", re.IGNORECASE)

Language = Annotated[str | None, BeforeValidator(known_language)]


class TranscriptionFormat(StrEnum):
    """How the transcript is rendered."""

    JSON = "json"
    TEXT = "text"
    SRT = "srt"
    VTT = "vtt"
    VERBOSE_JSON = "verbose_json"
    DIARIZED_JSON = "diarized_json"

    @property
    def is_subtitles(self) -> bool:
        """Whether words have to be known in time."""
        return self in (TranscriptionFormat.SRT, TranscriptionFormat.VTT)


# What a stream of events can carry.
STREAMED: Final = (
    TranscriptionFormat.JSON,
    TranscriptionFormat.TEXT,
    TranscriptionFormat.VERBOSE_JSON,
    TranscriptionFormat.DIARIZED_JSON,
)


class TranscriptionForm(BaseModel):
    """The form's fields, as OpenAI defines them and beyond, without the file. Unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", title="TranscriptionRequest")

    model: Model = "auto"
    language: Annotated[Language, Field(description="ISO 639-1 code of what is spoken.")] = None
    languages: Annotated[list[Language], Field(description="What may be spoken, when `language` is not given.")] = []
    prompt: Prompt = None
    keywords: Annotated[list[str], Field(description="Names and terms to expect.")] = []
    response_format: TranscriptionFormat = TranscriptionFormat.JSON
    temperature: Temperature = None
    timestamp_granularities: Annotated[list[Literal["word", "segment"]], Field(description="For verbose_json.")] = ["segment"]
    include: Annotated[list[Literal["logprobs"]], Field(description="With json: how sure the engine is of each word.")] = []
    stream: Annotated[bool, Field(description="Server-sent events while the recording is heard.")] = False
    progress: Annotated[bool, Field(description="With stream: events that say how far it is.")] = False
    chunking_strategy: ChunkingStrategy = None
    known_speaker_names: Annotated[list[str], Field(max_length=MOST_SPEAKERS, description="Of those who speak.")] = []
    known_speaker_references: Annotated[
        list[str], Field(max_length=MOST_SPEAKERS, description="Their voices, as data URLs, 2 to 10 seconds each.")
    ] = []
    channels: Annotated[Channels, Field(description="separate: each channel is a speaker and heard on its own.")] = Channels.MIXED
    max_line_characters: MaxLineCharacters = CUES.characters_per_line
    max_lines: MaxLines = CUES.lines
    max_cue_seconds: MaxCueSeconds = CUES.longest_seconds
    min_cue_seconds: MinCueSeconds = CUES.shortest_seconds
    paragraph_seconds: ParagraphSeconds = None

    @property
    def diarizes(self) -> bool:
        """Whether somebody has to tell the speakers apart."""
        return self.response_format is TranscriptionFormat.DIARIZED_JSON and self.channels is Channels.MIXED

    @property
    def wants_log_probabilities(self) -> bool:
        """Whether they are to be in the answer."""
        return "logprobs" in self.include

    def options(self) -> TranscribeOptions:
        """As the engines take it."""
        words = "word" in self.timestamp_granularities or self.response_format.is_subtitles
        return TranscribeOptions(
            language=self.language,
            languages=tuple(language for language in self.languages if language is not None),
            word_times=words or self.wants_log_probabilities or self.diarizes,
            prompt=self.prompt,
            keywords=tuple(self.keywords),
            temperature=self.temperature,
            chunking=chunking_of(self.chunking_strategy),
        )

    def rendering(self) -> Rendering:
        """How the answer is to look."""
        return Rendering(
            granularities=tuple(self.timestamp_granularities),
            cues=_cues(self),
            paragraphs=ParagraphOptions(self.paragraph_seconds),
            log_probabilities=self.wants_log_probabilities,
        )

    def speakers(self) -> tuple[NamedSpeaker, ...]:
        """Those whom the caller names. Raises ParameterInvalid for what is no data URL, or not as many as names."""
        names, references = self.known_speaker_names, self.known_speaker_references
        if self.channels is Channels.SEPARATE:
            return tuple(NamedSpeaker(name) for name in names)
        if not self.diarizes:
            return ()
        if len(references) != len(names):
            raise ParameterInvalid(
                f"There are {len(names)} known_speaker_names and {len(references)} known_speaker_references; each name needs its own.",
                param=REFERENCES,
            )
        return tuple(NamedSpeaker(name, _sample(name, url)) for name, url in zip(names, references, strict=True))

    def require_sense(self) -> None:
        """Raise ParameterInvalid for fields that cannot go together."""
        name = self.response_format.value
        if self.stream and self.response_format not in STREAMED:
            raise ParameterInvalid(
                f"stream gives events with text; it cannot be combined with {name}. Leave one of them out.", param="stream"
            )
        if self.progress and not self.stream:
            raise ParameterInvalid("progress is told in events: it needs stream=true.", param="progress")
        if self.wants_log_probabilities and self.response_format is not TranscriptionFormat.JSON:
            raise ParameterInvalid(
                f"include=logprobs works with response_format=json only, not with {name}. "
                "verbose_json with timestamp_granularities=word has the probability of every word.",
                param="include",
            )


class TranslationFormat(StrEnum):
    """How the translation is rendered."""

    JSON = "json"
    TEXT = "text"
    SRT = "srt"
    VERBOSE_JSON = "verbose_json"
    VTT = "vtt"


class TranslationForm(BaseModel):
    """The form's fields, as OpenAI defines them and beyond, without the file. Unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", title="TranslationRequest")

    model: Model = "auto"
    prompt: Prompt = None
    response_format: TranslationFormat = TranslationFormat.JSON
    temperature: Temperature = None
    chunking_strategy: ChunkingStrategy = None
    max_line_characters: MaxLineCharacters = CUES.characters_per_line
    max_lines: MaxLines = CUES.lines
    max_cue_seconds: MaxCueSeconds = CUES.longest_seconds
    min_cue_seconds: MinCueSeconds = CUES.shortest_seconds
    paragraph_seconds: ParagraphSeconds = None

    @property
    def format(self) -> TranscriptionFormat:
        """The same for a transcript."""
        return TranscriptionFormat(self.response_format.value)

    def options(self) -> TranscribeOptions:
        """As the engines take it."""
        return TranscribeOptions(
            word_times=self.format.is_subtitles,
            prompt=self.prompt,
            temperature=self.temperature,
            chunking=chunking_of(self.chunking_strategy),
            translate=True,
        )

    def rendering(self) -> Rendering:
        """How the answer is to look."""
        return Rendering(task="translate", cues=_cues(self), paragraphs=ParagraphOptions(self.paragraph_seconds))


def _cues(form: TranscriptionForm | TranslationForm) -> CueOptions:
    return CueOptions(form.max_line_characters, form.max_lines, form.max_cue_seconds, form.min_cue_seconds)


def _sample(name: str, url: str) -> bytes:
    match = DATA_URL.match(url)
    try:
        if match is None:
            raise ValueError("no data URL")
        return base64.b64decode(url[match.end() :], validate=True)
    except (ValueError, binascii.Error):
        raise ParameterInvalid(
            f"The reference of speaker '{name}' is no data URL with base64, such as data:audio/wav;base64,UklGRg...",
            param=REFERENCES,
        ) from None
