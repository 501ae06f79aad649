"""From the International Phonetic Alphabet to the library's own names of phonemes, which differ from language to language."""

import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

# A table: how many phonemes, which table it goes on from (numbered from 1), two unused bytes, its name. A phoneme: its name, and twelve
# bytes that say how it sounds.
_TABLE: Final = struct.Struct("<BB2x32s")
_PHONEME: Final = struct.Struct("<4s12x")
_FIRST_TABLE: Final = 4

# A sign and its names, the best first; a voice has some of them.
_NAMES: Final = r"""
    tʃ tS | dʒ dZ | t͡ʃ tS | d͡ʒ dZ | ts ts | t͡s ts | dz dz | d͡z dz | tɕ tS; | dʑ dZ; | tʲ t; t | dʲ d; d | nʲ n^ n |
    lʲ l^ l | sʲ s; s | zʲ z; z | rʲ R; r | iː i: i | uː u: u | ɑː A: a: a | ɔː O: o: o | ɜː 3: @ | ɛː E: e: e |
    eː e: e | aː a: a | oː o: o | yː y: y | øː Y: Y | ɝ 3: 3 | ɚ 3 @ | aɪ aI | aʊ aU | eɪ eI | oʊ oU | əʊ oU @U |
    ɔɪ OI | p p | b b | t t | d d | k k | g g | ɡ g | ʔ ? | c c | ɟ J | q q | m m | n n | ŋ N n | ɲ n^ n | ɳ n. n |
    f f | v v | θ T | ð D | s s | z z | ʃ S | ʒ Z | ɕ S; S | ʑ Z; Z | ʂ s. S | ʐ z. Z | ç C | x x | ɣ Q g | χ X x |
    ʁ Q" r | h h x | ɦ h | β B v | ɹ r- r | r r R | ɾ * r | ʀ r" r | l l | ɫ l/2 l | ɬ l# l | ʎ l^ l | j j | w w v |
    ʍ w# w | ʋ v# v | i i i: | ɪ I i | ᵻ I# I i | ɨ y i" I i | y y | u u u: | ʊ U u | ɯ u- u | e e E | ɛ E e | ø Y e |
    œ W E | ə @ | ɜ 3: @ | ɐ a# @ a | ɤ @ o- | ʌ V @ | æ aa a E | a a a# A: | ɑ A: A a | ɒ 0 O o | ɔ O 0 o | o o O oU |
    ˈ ' | ' ' | ˌ , | ː :
"""
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    **{sign: tuple(names) for sign, *names in (entry.split() for entry in _NAMES.split("|"))},
    # Between syllables there is nothing to say, and between words the library has a sign that is no pause.
    ".": ("",),
    "‿": ("",),
    " ": ("||",),
}
_LONGEST: Final = max(map(len, NAMES))


class PhonemeTables:
    """The phonemes that every language of a data folder has."""

    def __init__(self, data: Path) -> None:
        """data: the folder `espeak-ng-data`."""
        self._data = data
        self._read: dict[str, tuple[int, frozenset[str]]] | None = None

    def notation(self, ipa: str, voice: str) -> str | None:
        """`ipa` as the library writes it for `voice`, a path below `lang/`; None when the language lacks one of the sounds."""
        known = self._names_of(voice.partition("+")[0])
        found = []
        at = 0
        while at < len(ipa):
            length, name = next(
                (
                    (length, name)
                    for length in range(_LONGEST, 0, -1)
                    for name in NAMES.get(ipa[at : at + length], ())
                    if (not name or name in known or name == ":") and at + length <= len(ipa)
                ),
                (0, ""),
            )
            if not length:
                return None
            found.append(name)
            at += length
        # `_` would be a pause: names are written one after the other, and the library takes the longest that it knows.
        return "".join(found)

    @lru_cache(64)  # noqa: B019 - there is one of these for each model, as long as it is loaded
    def _names_of(self, voice: str) -> frozenset[str]:
        tables = self._tables()
        name = _table_of(self._data / "lang" / voice)
        names: set[str] = set()
        while name in tables:
            before, own = tables[name]
            names |= own
            name = list(tables)[before - 1] if before else ""
        return frozenset(names)

    def _tables(self) -> Mapping[str, tuple[int, frozenset[str]]]:
        if self._read is None:
            self._read = dict(_read_tables((self._data / "phontab").read_bytes()))
        return self._read


def _read_tables(data: bytes) -> Iterator[tuple[str, tuple[int, frozenset[str]]]]:
    at = _FIRST_TABLE
    for _ in range(data[0]):
        count, before, name = _TABLE.unpack_from(data, at)
        at += _TABLE.size
        phonemes = [_PHONEME.unpack_from(data, at + index * _PHONEME.size)[0] for index in range(count)]
        at += count * _PHONEME.size
        yield name.rstrip(b"\0").decode("latin-1"), (before, frozenset(one.rstrip(b"\0").decode("latin-1") for one in phonemes))


def _table_of(voice: Path) -> str:
    """The name of a voice's table: that of its language unless it says otherwise."""
    lines = [line.split() for line in voice.read_text(encoding="utf-8", errors="replace").splitlines()]
    named = next((words[1] for words in lines if len(words) > 1 and words[0] == "phonemes"), None)
    return named or next((words[1].partition("-")[0] for words in lines if len(words) > 1 and words[0] == "language"), "")
