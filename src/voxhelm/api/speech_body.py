"""What a request for speech may hold."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from voxhelm.audio.formats import AudioFormat
from voxhelm.serving.saying import FASTEST, SLOWEST
from voxhelm.text.captions import CaptionFormat
from voxhelm.text.markup import InputType


class VoiceReference(BaseModel):
    """A voice given as an object."""

    id: str


class SpeechBody(BaseModel):
    """The request, as OpenAI defines it, and fields of our own. Unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", title="SpeechRequest")

    input: Annotated[str, Field(description="The text to say, or SSML.")]
    model: Annotated[str, Field(description="A model's id, an OpenAI name such as tts-1, or auto.")] = "auto"
    voice: Annotated[
        str | VoiceReference | None,
        Field(
            description="A voice from GET /v1/audio/voices, an OpenAI voice name, a language, or auto: a voice of the text's language."
        ),
    ] = None
    instructions: Annotated[
        str | None,
        Field(description="How to say it. x-voxhelm-ignored says so where the voice cannot follow it; the built-in ones cannot."),
    ] = None
    response_format: Annotated[AudioFormat | None, Field(description="speech.default_format where it is missing: mp3.")] = None
    speed: Annotated[
        float, Field(description="1.0 is the voice's natural pace.", json_schema_extra={"minimum": SLOWEST, "maximum": FASTEST})
    ] = 1.0
    stream_format: Annotated[Literal["audio", "sse"], Field(description="Raw audio, or server-sent events with base64 audio.")] = (
        "audio"
    )
    input_type: Annotated[
        InputType,
        Field(
            description="auto: SSML where the input begins with <speak, else text in which tags count; text: to the letter; ssml."
        ),
    ] = InputType.AUTO
    normalize: Annotated[
        bool | None,
        Field(description="Whether numbers, dates and abbreviations are written out for the voice; speech.normalize decides."),
    ] = None
    even_loudness: Annotated[
        bool | None, Field(description="Whether all voices are made equally loud; speech.even_loudness decides.")
    ] = None
    timestamp_granularities: Annotated[
        list[Literal["word"]], Field(description="word: an event for each word, with stream_format=sse.")
    ] = []
    captions: Annotated[
        CaptionFormat | None,
        Field(
            description="Captions beside the sound: the answer is JSON then, or with stream_format=sse an event before the last."
        ),
    ] = None

    @property
    def voice_name(self) -> str | None:
        """The voice, however it was given."""
        return self.voice.id if isinstance(self.voice, VoiceReference) else self.voice
