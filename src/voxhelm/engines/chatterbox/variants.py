"""The models of the family, told apart by their files."""

from dataclasses import dataclass
from typing import Final

ENGLISH_NAME: Final = "english"
MULTILINGUAL_NAME: Final = "multilingual"
TURBO_NAME: Final = "turbo"
# English first: it is what all of them know best, and what a voice is taken for that says nothing else.
LANGUAGES: Final = (
    "en", "ar", "da", "de", "el", "es", "fi", "fr", "he", "hi", "it", "ja",
    "ko", "ms", "nl", "no", "pl", "pt", "ru", "sv", "sw", "tr", "zh",
)  # fmt: skip


_SAMPLING: Final = ("temperature", "exaggeration", "cfg_weight", "repetition_penalty", "min_p", "top_p")


@dataclass(frozen=True, slots=True)
class Variant:
    """A kind of model.

    reference: its class, as `module:NAME` of the package chatterbox.
    files: without which it cannot be loaded, its weights first. languages: ISO 639-1, the best first.
    takes_language: whether it must be told which language a text is in.
    sampling: which of the numbers that an operator may set it takes.
    """

    name: str
    reference: str
    files: tuple[str, ...]
    languages: tuple[str, ...]
    sampling: tuple[str, ...]
    takes_language: bool = False

    @property
    def weights(self) -> tuple[str, ...]:
        """The files whose bytes are in memory when it is loaded."""
        return tuple(name for name in self.files if name.endswith((".safetensors", ".pt")))


ENGLISH: Final = Variant(
    ENGLISH_NAME,
    "chatterbox.tts:ChatterboxTTS",
    ("t3_cfg.safetensors", "s3gen.safetensors", "ve.safetensors", "tokenizer.json"),
    ("en",),
    _SAMPLING,
)
TURBO: Final = Variant(
    TURBO_NAME,
    "chatterbox.tts_turbo:ChatterboxTurboTTS",
    (
        "t3_turbo_v1.safetensors",
        "s3gen_meanflow.safetensors",
        "ve.safetensors",
        "tokenizer_config.json",
        "vocab.json",
        "merges.txt",
    ),
    ("en",),
    ("temperature", "repetition_penalty", "top_p"),
)
MULTILINGUAL: Final = Variant(
    MULTILINGUAL_NAME,
    "chatterbox.mtl_tts:ChatterboxMultilingualTTS",
    ("t3_mtl23ls_v2.safetensors", "s3gen.pt", "ve.pt", "grapheme_mtl_merged_expanded_v1.json"),
    LANGUAGES,
    _SAMPLING,
    takes_language=True,
)
VARIANTS: Final = (ENGLISH, TURBO, MULTILINGUAL)
# The voice that came with a model, when it did.
BUILT_IN_VOICE: Final = "conds.pt"
