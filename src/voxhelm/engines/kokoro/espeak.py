"""eSpeak NG, for phonemes only."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import Final

from voxhelm.domain.errors import EngineFailed, ModelLoadFailed
from voxhelm.engines.kokoro.installation import Installation

UTF_8: Final = 1
IPA: Final = 2


class Espeak:
    """A private copy of the library: its state belongs to whoever has loaded it, and others in this process may have theirs."""

    def __init__(self, native: ctypes.CDLL) -> None:
        """Use `open_espeak`."""
        self._native = native
        self._lock = Lock()
        self._voice: str | None = None

    def phonemes(self, text: str, voice: str) -> str:
        """How `text` sounds, in IPA with stress. From any thread; they take turns.

        text: a clause; punctuation has no place in phonemes. voice: a file of its `lang` folder, such as `gmw/en-US`.
        """
        with self._lock:
            if voice != self._voice:
                if self._native.espeak_SetVoiceByName(voice.encode()) != 0:
                    raise EngineFailed(f"eSpeak NG has no language '{voice}': its data is damaged, reinstall espeakng-loader.")
                self._voice = voice
            # The library moves this pointer on, clause by clause, and clears it at the end.
            rest = ctypes.c_char_p(text.encode())
            clauses = []
            while rest.value is not None:
                clause = self._native.espeak_TextToPhonemes(ctypes.byref(rest), UTF_8, IPA)
                clauses.append(clause.decode() if clause else "")
        return " ".join(filter(None, clauses))


@contextmanager
def open_espeak(installation: Installation) -> Iterator[Espeak]:
    """Load a copy; leaving frees what it has allocated. Raises ModelLoadFailed."""
    with ExitStack() as stack:
        # A file that only this process sees: the loader takes another file for another library, and nothing is left on any disk.
        copy = os.memfd_create("libespeak-ng")
        stack.callback(os.close, copy)
        os.write(copy, installation.library.read_bytes())
        try:
            native = ctypes.CDLL(f"/proc/self/fd/{copy}")
        except OSError as error:
            raise ModelLoadFailed(f"The eSpeak NG library could not be loaded: {error}.") from error
        native.espeak_SetVoiceByName.argtypes = (ctypes.c_char_p,)
        native.espeak_TextToPhonemes.argtypes = (ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int)
        native.espeak_TextToPhonemes.restype = ctypes.c_char_p
        native.espeak_ng_InitializePath.argtypes = (ctypes.c_char_p,)
        native.espeak_ng_InitializePath.restype = None
        native.espeak_ng_Initialize.argtypes = (ctypes.c_void_p,)
        # The library has room for a path of 160 bytes, which the descriptor of a folder is shorter than anywhere.
        data = os.open(installation.data, os.O_RDONLY | os.O_DIRECTORY)
        stack.callback(os.close, data)
        native.espeak_ng_InitializePath(f"/proc/self/fd/{data}".encode())
        status = native.espeak_ng_Initialize(None)
        if status != 0:
            raise ModelLoadFailed(f"eSpeak NG could not read its data in {installation.data} (status {status}): reinstall it.")
        stack.callback(native.espeak_Terminate)
        yield Espeak(native)
