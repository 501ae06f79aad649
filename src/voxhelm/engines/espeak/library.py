"""The C interface of libespeak-ng 1.52, as `speak_lib.h` and `espeak_ng.h` declare it."""

import ctypes
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from voxhelm.domain.errors import EngineFailed, ModelLoadFailed
from voxhelm.engines.espeak.installation import Installation

OUTPUT_MODE_SYNCHRONOUS: Final = 1
CHARS_UTF8: Final = 1
PHONEMES: Final = 0x100
END_PAUSE: Final = 0x1000
POS_CHARACTER: Final = 1
PARAMETER_RATE: Final = 1
EVENT_LIST_TERMINATED: Final = 0
EVENT_WORD: Final = 1
EVENT_END: Final = 5

# One call back into Python per this much sound. It takes the library 0.2 ms to make, so nobody waits for it.
BUFFER_MILLISECONDS: Final = 200
# The library keeps the path in 160 bytes and appends file names of its own.
LONGEST_DATA_PATH_BYTES: Final = 110


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_void_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True, slots=True)
class Mark:
    """A word begins at `offset` of the text, or a clause ends (None). seconds: from the beginning of this text's sound."""

    offset: int | None
    seconds: float


class Library:
    """The loaded library. Its state belongs to the process, so there is one of these, used by one thread."""

    def __init__(self, native: ctypes.CDLL, rate_hz: int) -> None:
        """Use `open_library`."""
        self.native = native
        self.rate_hz = rate_hz
        self._on_sound: Callable[[bytes, tuple[Mark, ...]], bool] = lambda _sound, _marks: False
        self._failure: BaseException | None = None
        # The library keeps this pointer: it must live as long as the library is in use.
        self._callback = _Callback(self._called_back)
        native.espeak_SetSynthCallback(self._callback)

    def set_voice(self, name: str) -> None:
        """name: a path below `lang/`, with `+variant` or not. Raises EngineFailed."""
        status = self.native.espeak_SetVoiceByName(name.encode())
        if status != 0:
            raise EngineFailed(f"eSpeak NG refused its own voice '{name}' (status {status}): its data is damaged, reinstall it.")

    def set_words_per_minute(self, words_per_minute: int) -> None:
        """175 is the voice's natural pace."""
        self.native.espeak_SetParameter(PARAMETER_RATE, words_per_minute, 0)

    def say(
        self, text: str, on_sound: Callable[[bytes, tuple[Mark, ...]], bool], *, pause_after: bool, phonemes: bool = False
    ) -> None:
        """Synthesise `text` as it stands, no markup. Blocks.

        phonemes: whether `[[...]]` in it are the library's names of phonemes.
        on_sound: called in this thread with samples (16-bit, native order) and what begins or ends in them; False stops the work.
        """
        encoded = text.encode()
        flags = CHARS_UTF8 | (END_PAUSE if pause_after else 0) | (PHONEMES if phonemes else 0)
        self._on_sound = on_sound
        status = self.native.espeak_Synth(encoded, len(encoded) + 1, 0, POS_CHARACTER, 0, flags, None, None)
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        if status != 0:
            raise EngineFailed(f"eSpeak NG could not speak the text (status {status}).")

    def _called_back(self, samples: int | None, count: int, events: Any) -> int:
        try:
            sound = ctypes.string_at(samples, 2 * count) if samples and count > 0 else b""
            return 0 if self._on_sound(sound, tuple(_marks(events))) else 1
        except BaseException as failure:  # noqa: BLE001 - an exception cannot cross C; `say` raises it
            self._failure = failure
            return 1


def _marks(events: Any) -> Iterator[Mark]:
    index = 0
    while (event := events[index]).type != EVENT_LIST_TERMINATED:
        seconds = event.audio_position / 1000
        if event.type == EVENT_WORD:
            # Counted from 1, in characters.
            yield Mark(event.text_position - 1, seconds)
        elif event.type == EVENT_END:
            yield Mark(None, seconds)
        index += 1


@contextmanager
def open_library(installation: Installation) -> Iterator[Library]:
    """Load and initialise; leaving frees what the library has allocated. Raises ModelLoadFailed."""
    try:
        native = ctypes.CDLL(str(installation.library))
    except OSError as error:
        raise ModelLoadFailed(f"The eSpeak NG library could not be loaded: {error}.") from error
    _declare(native)
    with _short_path(installation.data) as data:
        # Not espeak_Initialize: where it fails, it returns the sample rate of the time before.
        native.espeak_ng_InitializePath(bytes(data))
        status = native.espeak_ng_Initialize(None)
        if status != 0:
            raise ModelLoadFailed(
                f"eSpeak NG could not read its data in {installation.data} (status {status}): reinstall the package espeakng-loader."
            )
        status = native.espeak_ng_InitializeOutput(OUTPUT_MODE_SYNCHRONOUS, BUFFER_MILLISECONDS, None)
        if status != 0:
            native.espeak_Terminate()
            raise ModelLoadFailed(f"eSpeak NG could not set up its output (status {status}).")
        rate_hz = native.espeak_ng_GetSampleRate()
        try:
            yield Library(native, rate_hz)
        finally:
            native.espeak_Terminate()


def _declare(native: ctypes.CDLL) -> None:
    native.espeak_ng_InitializePath.argtypes = (ctypes.c_char_p,)
    native.espeak_ng_InitializePath.restype = None
    native.espeak_ng_Initialize.argtypes = (ctypes.c_void_p,)
    native.espeak_ng_InitializeOutput.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_char_p)
    native.espeak_SetSynthCallback.argtypes = (_Callback,)
    native.espeak_SetSynthCallback.restype = None
    native.espeak_SetVoiceByName.argtypes = (ctypes.c_char_p,)
    native.espeak_SetParameter.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int)
    native.espeak_Synth.argtypes = (
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_uint,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_uint,
        ctypes.c_void_p,
        ctypes.c_void_p,
    )


@contextmanager
def _short_path(data: Path) -> Iterator[Path]:
    """`data`, or a link to it where its path is longer than the library can hold."""
    if len(bytes(data)) <= LONGEST_DATA_PATH_BYTES:
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="espeak-") as folder:
        link = Path(folder) / data.name
        link.symlink_to(data)
        yield link
