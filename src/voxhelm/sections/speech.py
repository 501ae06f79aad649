"""The section `speech`."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from voxhelm.audio.formats import AudioFormat
from voxhelm.sections.section import SECTION


class SpeechSettings(BaseModel):
    """Speaking."""

    model_config = SECTION

    longest_text_characters: Annotated[
        int, Field(gt=0, description="A longer input is refused. People narrate chapters; OpenAI stops at 4,096.")
    ] = 100_000
    default_language: Annotated[
        str, Field(pattern="^[a-z]{2,3}$", description="For texts that do not show their language, such as 'OK'.")
    ] = "en"
    normalize: Annotated[
        bool,
        Field(description="Whether numbers, dates, sums, units and abbreviations are written out, which most voices read better."),
    ] = True
    even_loudness: Annotated[
        bool,
        Field(description="Whether all voices are made equally loud, -20 LUFS, so that a change of voice is none of volume."),
    ] = True
    default_format: Annotated[
        AudioFormat, Field(description="For requests without response_format: OpenAI's is mp3, Chatterbox-TTS-Server's was wav.")
    ] = AudioFormat.MP3
    lexicon: Annotated[
        tuple[dict[str, str | bool], ...],
        Field(description="How words are pronounced: word, and say or ipa; language, voice, match_case. Before those of the file."),
    ] = ()
    lexicon_file: Annotated[
        Path | None,
        AfterValidator(lambda path: path and path.expanduser()),
        Field(description="A YAML file with more of them, a list; read when the server starts."),
    ] = None
