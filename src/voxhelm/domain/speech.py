"""A piece of synthesised speech."""

from dataclasses import dataclass

from voxhelm.domain.pcm import Pcm
from voxhelm.domain.word import Word


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """Sound as it is made, and the words that begin in it when the engine knows them.

    words: times count from the beginning of the whole call's audio, not of this piece; `text_offset` is set.
    A word may be reported later than the sound it belongs to, never earlier.
    """

    pcm: Pcm
    words: tuple[Word, ...] = ()
