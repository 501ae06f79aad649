"""A loaded Chatterbox as a `Synthesizer`."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np

from voxhelm.domain.errors import LanguageUnsupported, VoiceNotFound
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.speech import Speech
from voxhelm.engines.chatterbox.load_options import LoadOptions
from voxhelm.engines.chatterbox.recordings import Recording, recordings_in
from voxhelm.engines.chatterbox.runtime import Runtime
from voxhelm.engines.chatterbox.scripts import foreign_script, longest_sentence
from voxhelm.engines.chatterbox.variants import Variant
from voxhelm.text.sentences import split_sentences

PIECE_SECONDS: Final = 0.5
# Some hundred kilobytes each.
MOST_LEARNT: Final = 64


class ChatterboxSynthesizer:
    """Speaks with a model's own voice and with those of recordings. Callers take turns, sentence by sentence."""

    def __init__(self, name: str, variant: Variant, runtime: Runtime, folders: Sequence[Path], options: LoadOptions) -> None:
        """name: of the model, which is that of its own voice. folders: where recordings are, the first coming first."""
        self._name = name.lower()
        self._variant = variant
        self._runtime = runtime
        self._folders = folders
        self._options = options
        self._recordings = recordings_in(folders)
        self._learnt: OrderedDict[tuple[Path, int], Any] = OrderedDict()
        self._lock = Lock()

    def synthesize(self, text: str, options: SynthesizeOptions, /) -> Iterator[Speech]:
        """Yield `text` as it is made, sentence by sentence. Raises VoiceNotFound or LanguageUnsupported at once."""
        sample = options.reference
        recording = Recording(sample.name, sample) if sample is not None else self._recording(options.voice)
        language = options.language or self._variant.languages[0]
        foreign = foreign_script(text, language)
        if language not in self._variant.languages or foreign is not None:
            what = f"'{language}'" if foreign is None else f"a text in {foreign} letters as '{language}'"
            raise LanguageUnsupported(
                f"This model of Chatterbox does not speak {what}. It speaks: {', '.join(self._variant.languages)}.", param="voice"
            )
        return self._speak(text, language, recording)

    def _recording(self, voice: str) -> Recording | None:
        """The recording that a voice is made of; None for the model's own. Raises VoiceNotFound."""
        wanted = voice.lower()
        if wanted not in self._recordings:
            # It may have been put there since. Files are compared with the name, never opened by it.
            self._recordings = recordings_in(self._folders)
        recording = self._recordings.get(wanted)
        if recording is None and (wanted != self._name or self._runtime.own_voice is None):
            raise VoiceNotFound(f"There is no voice '{voice}' in this model.", param="voice")
        return recording

    def _speak(self, text: str, language: str, recording: Recording | None) -> Iterator[Speech]:
        rate_hz = self._runtime.rate_hz
        step = round(PIECE_SECONDS * rate_hz)
        longest = longest_sentence(language, self._options.longest_characters)
        seed = self._options.seed
        for position, sentence in enumerate(split_sentences(text, language=language, longest_characters=longest)):
            with self._lock:
                voice = self._runtime.own_voice if recording is None else self._voice_of(recording)
                made = self._runtime.say(sentence.text, language, voice, None if seed is None else (seed + position) % 2**32)
                self._runtime.give_back()
            samples = np.clip(made * 32767, -32768, 32767).astype(np.int16)
            for start in range(0, len(samples), step):
                yield Speech(Pcm(samples[start : start + step], rate_hz))

    def _voice_of(self, recording: Recording) -> Any:
        try:
            key = (recording.file, recording.file.stat().st_mtime_ns)
        except OSError as error:
            raise VoiceNotFound(f"The recording of voice '{recording.name}' is gone.", param="voice") from error
        if key not in self._learnt:
            self._learnt[key] = self._runtime.learn(recording.file)
        self._learnt.move_to_end(key)
        while len(self._learnt) > MOST_LEARNT:
            self._learnt.popitem(last=False)
        return self._learnt[key]
