"""The registration of PocketSphinx."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from voxhelm.domain.engine import Capabilities, Engine, Finding, Transcriber
from voxhelm.domain.errors import ModelLoadFailed
from voxhelm.domain.model import Capability, Footprint, ModelSpec, Placement
from voxhelm.domain.voice import Voice
from voxhelm.engines.pocketsphinx.decoder import SAMPLE_RATE_HZ, Decoder
from voxhelm.engines.pocketsphinx.installation import Installation
from voxhelm.engines.pocketsphinx.pool import DecoderPool
from voxhelm.engines.pocketsphinx.transcriber import LONGEST_UTTERANCE_SECONDS, PocketSphinxTranscriber

_NAME: Final = "pocketsphinx"
_BYTES_PER_DECODER: Final = 130 * 1024 * 1024
"""Measured: 91 MB loaded, and up to 35 MB more after utterances of the longest length."""
_DECODERS: Final = 2
"""A second caller need not wait for the first; it is made only when two meet. `ModelSpec.settings["decoders"]` says otherwise."""
_REMEDY: Final = "pip install 'pocketsphinx>=5.1'"


def _discover(_models_directory: Path) -> Sequence[ModelSpec]:
    installation = Installation.find()
    if installation is None or installation.missing:
        return ()
    return (ModelSpec(id="pocketsphinx-en-us", engine=_NAME, capability=Capability.TRANSCRIPTION, languages=("en",)),)


def _voices(_spec: ModelSpec) -> Sequence[Voice]:
    return ()


def _footprint(spec: ModelSpec, _placement: Placement) -> Footprint:
    return Footprint({"cpu": _decoders(spec) * _BYTES_PER_DECODER})


@contextmanager
def _load(spec: ModelSpec, _placement: Placement) -> Iterator[Transcriber]:
    installation = Installation.find()
    if installation is None:
        raise ModelLoadFailed(f"PocketSphinx is not installed. Run: {_REMEDY}")
    if installation.missing:
        raise ModelLoadFailed(f"PocketSphinx lacks {installation.missing[0]}. Run: {_REMEDY}")
    pool = DecoderPool(lambda: Decoder(installation), limit=_decoders(spec))
    try:
        yield PocketSphinxTranscriber(pool)
    finally:
        pool.close()


def _decoders(spec: ModelSpec) -> int:
    setting = spec.settings.get("decoders", str(_DECODERS))
    if not setting.isascii() or not setting.isdecimal() or int(setting) < 1:
        raise ModelLoadFailed(f"The setting `decoders` of {spec.id} is {setting!r}; it must be a whole number from 1.")
    return int(setting)


def _diagnose() -> Sequence[Finding]:
    installation = Installation.find()
    if installation is None:
        return (Finding("PocketSphinx", ok=False, detail="not installed: English speech cannot be heard", remedy=_REMEDY),)
    if installation.missing:
        return (Finding("PocketSphinx", ok=False, detail=f"{installation.missing[0]} is missing", remedy=_REMEDY),)
    return (Finding("PocketSphinx", ok=True, detail="hears English; its model is in its package"),)


ENGINE: Final = Engine(
    name=_NAME,
    licence="BSD-2-Clause",
    capabilities=Capabilities(
        kinds=(Capability.TRANSCRIPTION,),
        preference=10,
        input_rate_hz=SAMPLE_RATE_HZ,
        word_times=True,
        longest_audio_seconds=LONGEST_UTTERANCE_SECONDS,
    ),
    discover=_discover,
    voices=_voices,
    footprint=_footprint,
    load=_load,
    diagnose=_diagnose,
)
