"""From an input to what is to be said."""

from collections.abc import Sequence
from enum import StrEnum

from voxhelm.domain.errors import TextUnspeakable
from voxhelm.text.part import Part, Say
from voxhelm.text.passage import Passage
from voxhelm.text.speakable import speakable
from voxhelm.text.ssml import looks_like_ssml, parse_ssml
from voxhelm.text.tags import parse_tags


class InputType(StrEnum):
    """How an input is to be understood. auto: SSML where it begins with `<speak`, else text in which tags count. text: to the letter."""

    AUTO = "auto"
    TEXT = "text"
    SSML = "ssml"


def parse(text: str, input_type: InputType) -> list[Part]:
    """What `text` says, in order. Raises TextEmpty, TextUnspeakable, MarkupInvalid."""
    visible = speakable(text)
    if input_type is InputType.TEXT:
        return [Say(Passage.of(visible))]
    parts = parse_ssml(visible) if input_type is InputType.SSML or looks_like_ssml(visible) else parse_tags(visible)
    if not any(isinstance(part, Say) and any(map(str.isalnum, part.passage.said)) for part in parts):
        raise TextUnspeakable("The text has no letter and no digit: there is nothing to say.", param="input")
    return parts


def spoken_text(parts: Sequence[Part]) -> str:
    """The words of `parts` as they are written, without their markup."""
    return " ".join(part.passage.written for part in parts if isinstance(part, Say))


def has_sounds(parts: Sequence[Part]) -> bool:
    """Whether the sounds of a word are given."""
    return any(piece.ipa is not None for part in parts if isinstance(part, Say) for piece in part.passage.pieces)
