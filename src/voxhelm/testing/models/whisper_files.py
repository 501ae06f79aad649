"""The files of a Whisper model in CTranslate2's format: weights, vocabulary, tokenizer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

LANGUAGES: Final = ("en", "bg", "de", "fr")
TIMESTAMPS: Final = tuple(f"<|{index * 0.02:.2f}|>" for index in range(1501))

END: Final = "<|endoftext|>"
START: Final = "<|startoftranscript|>"
TASKS: Final = ("<|translate|>", "<|transcribe|>")
NO_SPEECH: Final = "<|nospeech|>"
NO_TIMESTAMPS: Final = "<|notimestamps|>"
_OTHERS: Final = ("<|startoflm|>", "<|startofprev|>", NO_SPEECH, NO_TIMESTAMPS)
SPECIALS: Final = (END, START, *(f"<|{language}|>" for language in LANGUAGES), *TASKS, *_OTHERS)
"""In the order of their ids. Moments stand behind them, text before."""

SPACE: Final = "\u0120"
"""How a tokenizer of bytes writes one."""


def byte_letters() -> list[str]:
    """The letters by which a tokenizer of bytes writes each of the 256."""
    from tokenizers.pre_tokenizers import ByteLevel

    return sorted(ByteLevel.alphabet())


def write_files(
    directory: Path,
    spec: Any,
    tokens: Sequence[str],
    alignment_heads: Sequence[tuple[int, int]],
    *,
    quantization: str | None = "int8",
) -> Path:
    """Write a model, and return `directory`. quantization: one of CTranslate2's; None keeps the weights as they are.

    spec: a `ctranslate2.specs.WhisperSpec` with its weights. tokens: by their ids, text first, then SPECIALS and TIMESTAMPS.
    alignment_heads: layers and heads of the decoder that listen to the word that comes next.
    """
    directory.mkdir(parents=True, exist_ok=True)
    _write_tokenizer(directory, tokens)
    spec.register_vocabulary(list(tokens))
    spec.config.lang_ids = [tokens.index(f"<|{language}|>") for language in LANGUAGES]
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], []
    spec.config.alignment_heads = [list(pair) for pair in alignment_heads]
    spec.validate()
    spec.optimize(quantization=quantization)
    spec.save(str(directory))
    return directory


def _write_tokenizer(directory: Path, tokens: Sequence[str]) -> None:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    begin = tokens.index(END)
    tokenizer = Tokenizer(models.BPE({token: index for index, token in enumerate(tokens[:begin])}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in tokens[begin:]])
    tokenizer.save(str(directory / "tokenizer.json"))
