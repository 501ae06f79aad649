"""From a text to the phonemes that a voice knows."""

import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, cast

from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.engines.piper.voice_file import VoiceFile, description_of

PADDING, START, END = "_", "^", "$"
REMEMBERED_WORDS: Final = 4096
# Languages whose phonemes are not written word by word as the text is: when their words sound cannot be told.
WORDLESS: Final = frozenset({"pinyin", "hebrew", "japanese", "thai"})
# What tells the readings of Chinese characters. Piper would fetch it from the network, in the middle of a request.
READER: Final = "g2pW"
# eSpeak NG and the others keep their state in the process, and so do all the voices of one.
_TURN: Final = threading.Lock()


class Phonemizer:
    """Asks Piper for phonemes, one caller at a time. Any number of threads may ask."""

    def __init__(self, voice: VoiceFile) -> None:
        """Make what the voice needs; it is tried out. Raises ModelLoadFailed."""
        from piper import PiperConfig, PiperVoice

        try:
            config = PiperConfig.from_dict(dict(voice.raw))
            # It is asked for phonemes only, for which it takes no session.
            self._piper = PiperVoice(cast("Any", None), config)
            self._piper.download_dir = voice.path.parent
            self._ids: Mapping[str, Sequence[int]] = {symbol: tuple(ids) for symbol, ids in config.phoneme_id_map.items()}
            self._padding, self._start, self._end = (tuple(self._ids[symbol]) for symbol in (PADDING, START, END))
            self._pinyin = config.phoneme_type == "pinyin"
            if self._pinyin and not (voice.path.parent / READER / "g2pw.onnx").is_file():
                raise ModelLoadFailed(
                    f"{voice.name} reads Chinese with Piper's folder {READER}, which belongs beside it, in {voice.path.parent}."
                )
            self.takes_ipa = config.phoneme_type == "espeak"
            self.follows_words = config.phoneme_type not in WORDLESS
            self.sentences("a")
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            why = f"{type(error).__name__}: {error}"
            raise ModelLoadFailed(f"{description_of(voice.path)} asks for phonemes that cannot be made: {why}.") from error
        except ImportError as error:
            raise ModelLoadFailed(f"The phonemes of {voice.name} need the package {error.name}: install it.") from error
        self.word = lru_cache(REMEMBERED_WORDS)(self._word)

    def sentences(self, text: str) -> list[list[str]]:
        """The phonemes of each sentence, with its punctuation and spaces."""
        with _TURN:
            return self._piper.phonemize(text)

    def ids(self, phonemes: Sequence[str]) -> tuple[list[int], list[int]]:
        """What the network is given for `phonemes`, and where in it each phoneme begins; one more says where the last one ends.

        Phonemes that the voice does not know have no length.
        """
        if self._pinyin:
            return self._piper.phonemes_to_ids(list(phonemes)), []
        ids = [*self._start, *self._padding]
        begins = []
        for phoneme in phonemes:
            begins.append(len(ids))
            known = self._ids.get(phoneme)
            if known is not None:
                ids.extend(known)
                ids.extend(self._padding)
        begins.append(len(ids))
        ids.extend(self._end)
        return ids, begins

    def _word(self, word: str) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(phonemes) for phonemes in self.sentences(word))
