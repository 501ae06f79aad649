"""The C interface of libflite 2.x, as `flite.h` and the headers it includes declare it."""

import ctypes
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.domain.errors import EngineFailed, ModelLoadFailed
from voxhelm.engines.flite.installation import Installation

FIRST_SEGMENT: Final = b"R:SylStructure.daughter1.daughter1"
START_OF_WORD: Final = b"R:SylStructure.daughter1.daughter1.R:Segment.p.end"
END_OF_WORD: Final = b"R:SylStructure.daughtern.daughtern.end"
TOKEN: Final = b"R:Token.parent"
TOKEN_NAME: Final = b"R:Token.parent.name"
SEED: Final = 1


class _Voice(ctypes.Structure):
    _fields_ = (("name", ctypes.c_char_p), ("features", ctypes.c_void_p), ("ffunctions", ctypes.c_void_p))


class _Wave(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    )


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the text without spaces, as Flite has cut it: `$3.50` is one, spoken as four words."""

    text: str
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class Said:
    """samples: shape (n,), int16, the caller's own. tokens: those that have sound, in order."""

    samples: NDArray[np.int16]
    rate_hz: int
    tokens: tuple[Token, ...]


# Voices are static data of the shared libraries, and speaking changes them: one at a time in a process, whoever asks.
_SPEAKING: Final = Lock()


class Library:
    """libflite with its voices. Any number of threads may call `say`; they take turns."""

    def __init__(self, native: ctypes.CDLL, voices: Mapping[str, "ctypes._Pointer[_Voice]"]) -> None:
        """Use `load_library`."""
        self._native = native
        self._voices = voices
        self._libc = ctypes.CDLL(None)

    def say(self, text: bytes, voice: str, stretch: float) -> Said:
        """Speak `text`, ASCII, as one utterance. stretch: 2.0 takes twice as long. Raises EngineFailed."""
        pointer = self._voices[voice]
        with _SPEAKING:
            # The vocoder's noise comes from here. Begun anew, the same text always gives the same samples.
            self._libc.srand(SEED)
            self._native.flite_feat_set_float(pointer.contents.features, b"duration_stretch", stretch)
            with self._utterance(text, pointer) as utterance:
                wave = self._native.utt_wave(utterance)
                if not wave:
                    raise EngineFailed("Flite made no sound of the text.")
                samples = np.ctypeslib.as_array(wave.contents.samples, (wave.contents.num_samples,)).copy()
                return Said(samples, wave.contents.sample_rate, tuple(self._tokens(utterance)))

    @contextmanager
    def _utterance(self, text: bytes, voice: "ctypes._Pointer[_Voice]") -> Iterator[int]:
        utterance = self._native.flite_synth_text(text, voice)
        if not utterance:
            raise EngineFailed("Flite could not speak the text.")
        try:
            yield utterance
        finally:
            self._native.delete_utterance(utterance)

    def _tokens(self, utterance: int) -> Iterator[Token]:
        open_token, text, start_seconds, end_seconds = 0, "", 0.0, 0.0
        for word in self._words(utterance):
            token = self._native.flite_path_to_item(word, TOKEN)
            if token != open_token:
                if open_token:
                    yield Token(text, start_seconds, end_seconds)
                open_token = token
                text = self._native.flite_ffeature_string(word, TOKEN_NAME).decode("ascii")
                start_seconds = self._native.flite_ffeature_float(word, START_OF_WORD)
            end_seconds = self._native.flite_ffeature_float(word, END_OF_WORD)
        if open_token:
            yield Token(text, start_seconds, end_seconds)

    def _words(self, utterance: int) -> Iterator[int]:
        if not self._native.utt_relation_present(utterance, b"Word"):
            return
        word = self._native.relation_head(self._native.utt_relation(utterance, b"Word"))
        while word:
            # Punctuation that stands alone is a word without sound.
            if self._native.flite_path_to_item(word, FIRST_SEGMENT):
                yield word
            word = self._native.item_next(word)


def load_library(installation: Installation) -> Library:
    """Load libflite and its voices.

    They stay in the process until it ends: the voices are static data, and nothing else is kept between two texts. Raises ModelLoadFailed.
    """
    try:
        # The voices' libraries look for its symbols among the global ones.
        native = ctypes.CDLL(str(installation.library), mode=ctypes.RTLD_GLOBAL)
        _declare(native)
        native.flite_init()
        return Library(native, {voice: _register(voice, str(path)) for voice, path in installation.voices.items()})
    except (OSError, AttributeError) as error:
        raise ModelLoadFailed(f"Flite could not be loaded: {error}. Reinstall it: apt install --reinstall libflite1.") from error


def _register(voice: str, path: str) -> "ctypes._Pointer[_Voice]":
    register = getattr(ctypes.CDLL(path), f"register_cmu_us_{voice}")
    register.argtypes = (ctypes.c_char_p,)
    register.restype = ctypes.POINTER(_Voice)
    pointer: ctypes._Pointer[_Voice] = register(None)
    return pointer


def _declare(native: ctypes.CDLL) -> None:
    item, utterance, text = ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p
    for name, result, arguments in (
        ("flite_synth_text", utterance, (text, ctypes.POINTER(_Voice))),
        ("delete_utterance", None, (utterance,)),
        ("utt_wave", ctypes.POINTER(_Wave), (utterance,)),
        ("utt_relation_present", ctypes.c_int, (utterance, text)),
        ("utt_relation", ctypes.c_void_p, (utterance, text)),
        ("relation_head", item, (ctypes.c_void_p,)),
        ("item_next", item, (item,)),
        ("flite_path_to_item", item, (item, text)),
        ("flite_ffeature_string", text, (item, text)),
        ("flite_ffeature_float", ctypes.c_float, (item, text)),
        ("flite_feat_set_float", None, (ctypes.c_void_p, text, ctypes.c_float)),
    ):
        function = getattr(native, name)
        function.argtypes = arguments
        function.restype = result
