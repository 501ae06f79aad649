"""Writes Whisper models in CTranslate2's format, which write the same text whatever they hear."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voxhelm.testing.models.whisper_files import END, SPACE, SPECIALS, START, TASKS, TIMESTAMPS, byte_letters, write_files

ENGLISH_TOKENS: Final = 51_864
"""In every model of OpenAI's that hears English only."""

_MELS: Final = 80
_POSITIONS: Final = 448
_BEAMS: Final = 5
_SURENESS: Final = 8.0  # how far the logit of the next token stands out, in units of its embedding's length

Line = tuple[float, str, float | None]
"""From when to when, in seconds of the window, what is said; None where the network stops before it has said when."""

SCRIPT: Final[Sequence[Line]] = ((0.0, "The quick brown fox.", 0.8), (0.9, "It jumps over lazy dogs.", 1.5))
TRANSLATION: Final[Sequence[Line]] = ((0.04, "A fast animal leaps.", 1.44),)


@dataclass(frozen=True, slots=True)
class Size:
    """Width of the network, and its layers and attention heads on either side."""

    width: int
    layers: int
    heads: int


SIZES: Final = {"test": Size(64, 1, 2), "tiny": Size(384, 4, 6), "base": Size(512, 6, 8), "small": Size(768, 12, 12)}


def write_tiny_whisper(
    directory: Path,
    *,
    script: Sequence[Line] = SCRIPT,
    multilingual: bool = False,
    spoken: str = "en",
) -> Path:
    """Write a model of one small layer that loads in no time, and return `directory`.

    script: what it writes for every window, no word twice.
    multilingual: it then finds the language `spoken` in everything, and translates all of it to TRANSLATION.
    """
    return _write(directory, SIZES["test"], _Chain(script, TRANSLATION, spoken, multilingual=multilingual), 0)


def write_whisper(directory: Path, size: str = "base") -> Path:
    """Write an English model that costs what a real one of that size costs, and return `directory`.

    Its matrices have the shapes of the real ones, so encoding a window and writing a token are the same arithmetic; it writes about
    as many tokens for a window as a quick speaker needs, and begins what it does not finish, as real ones do where a window is full.
    What its decoder's layers find is thrown away, so that only the last token decides about the next.
    """
    words = _invented_words(7 * 12)
    script: list[Line] = [(4.0 * line, " ".join(words[12 * line : 12 * line + 12]), 4.0 * line + 3.9) for line in range(7)]
    left_to_the_next_window: Line = (28.0, "", None)
    return _write(directory, SIZES[size], _Chain([*script, left_to_the_next_window], (), "en", multilingual=False), ENGLISH_TOKENS)


def _invented_words(count: int) -> list[str]:
    """Words as unlike each other as those of a language, lest the text be taken for one that repeats itself."""
    random = np.random.default_rng(2)
    words: dict[str, None] = {}
    while len(words) < count:
        words["".join(random.choice(list(letters)) for letters in ("bdfgklmnprstvz", "aeiou", "lmnrst", "aeiou", "kmnst"))] = None
    return list(words)


class _Chain:
    """A vocabulary, and which of its tokens follows which."""

    def __init__(self, script: Sequence[Line], translation: Sequence[Line], spoken: str, *, multilingual: bool) -> None:
        lines = [list(_tokens_of(script)), list(_tokens_of(translation))]
        tokens = [token for line in lines for token in line]
        if len(set(tokens)) < len(tokens):
            raise ValueError("a word or a moment stands twice in the script, so what follows it is not clear")
        self.multilingual = multilingual
        self.words = [token for token in tokens if token not in TIMESTAMPS]
        # Where a moment is due, a text cannot end, so these stand before words.
        self.tails = [token for line in lines for token in _before_words(line)[1 - _BEAMS :]]
        self.successors = {START: f"<|{spoken}|>"}
        for begin, line in zip(TASKS[::-1] if multilingual else (START,), lines, strict=False):
            self.successors |= dict(zip((begin, *line), (*line, END), strict=True))

    def vocabulary(self, least: int) -> list[str]:
        """All tokens in order of their ids, as many as that at least: bytes, words, idle ones, specials, moments."""
        text = [*byte_letters(), *self.words]
        # By the empty token CTranslate2 knows a model of several languages.
        behind = [*([""] if self.multilingual else []), *SPECIALS, *TIMESTAMPS]
        idle = max(0, least - len(text) - len(behind))
        return [*text, *(f"{SPACE}idle{index}" for index in range(idle)), *behind]


def _before_words(line: Sequence[str]) -> list[str]:
    return [token for token, following in pairwise(line) if following not in TIMESTAMPS]


def _tokens_of(script: Sequence[Line]) -> Iterator[str]:
    for start_seconds, text, end_seconds in script:
        yield TIMESTAMPS[round(start_seconds / 0.02)]
        yield from (SPACE + word for word in text.split())
        if end_seconds is not None:
            yield TIMESTAMPS[round(end_seconds / 0.02)]


def _write(directory: Path, size: Size, chain: _Chain, least_tokens: int) -> Path:
    tokens = chain.vocabulary(least_tokens)
    heads = [(size.layers - 1, head) for head in range(size.heads)]
    return write_files(directory, _spec(size, chain, tokens), tokens, heads)


def _spec(size: Size, chain: _Chain, tokens: Sequence[str]) -> Any:
    """The weights: random ones of the usual spread, but that the decoder's layers add nothing to what the last token says."""
    from ctranslate2.specs import WhisperSpec

    random = np.random.default_rng(1)
    spec = WhisperSpec(size.layers, size.heads, size.layers, size.heads)
    _set_linear(spec.encoder.conv1, random, (size.width, _MELS, 3))
    _set_linear(spec.encoder.conv2, random, (size.width, size.width, 3))
    spec.encoder.position_encodings.encodings = _normal(random, (1500, size.width), 0.02)
    spec.decoder.position_encodings.encodings = _normal(random, (_POSITIONS, size.width), 0.0001)
    for side in (spec.encoder, spec.decoder):
        _set_norm(side.layer_norm, size.width)
        for layer in side.layer:
            _set_layer(layer, random, size.width, silent=side is spec.decoder)
    _set_vocabulary(spec.decoder, random, size.width, chain, tokens)
    return spec


def _set_layer(layer: Any, random: np.random.Generator, width: int, *, silent: bool) -> None:
    """An attention over its own side, one over the other side where there is one, and a network for each position.

    silent: whether what they find is thrown away at their ends.
    """
    last = 0.0 if silent else 1.0
    _set_norm(layer.self_attention.layer_norm, width)
    _set_linear(layer.self_attention.linear[0], random, (3 * width, width))
    _set_linear(layer.self_attention.linear[1], random, (width, width), last)
    if hasattr(layer, "attention"):
        _set_norm(layer.attention.layer_norm, width)
        _set_linear(layer.attention.linear[0], random, (width, width))
        _set_linear(layer.attention.linear[1], random, (2 * width, width))
        _set_linear(layer.attention.linear[2], random, (width, width), last)
    _set_norm(layer.ffn.layer_norm, width)
    _set_linear(layer.ffn.linear_0, random, (4 * width, width))
    _set_linear(layer.ffn.linear_1, random, (width, 4 * width), last)


def _set_vocabulary(decoder: Any, random: np.random.Generator, width: int, chain: _Chain, tokens: Sequence[str]) -> None:
    """Give every token as its embedding the direction of the token that follows it, so that this one is written next."""
    directions = _normal(random, (len(tokens), width), 1.0)
    directions -= directions.mean(axis=1, keepdims=True)  # a layer norm would take that away
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    numbers = {token: index for index, token in enumerate(tokens)}
    following = np.arange(
        len(tokens)
    )  # what is outside goes on for ever, so that no search that strays there comes to an end first
    for token, successor in chain.successors.items():
        following[numbers[token]] = numbers[successor]
    decoder.embeddings.weight = directions[following]
    # A search of five beams goes on until five texts have ended. Ending a little early is the next best thing, so that it ends in time.
    early = [numbers[token] for token in chain.tails]
    decoder.embeddings.weight[early] += 0.6 * directions[numbers[END]]
    decoder.projection.weight = _SURENESS * directions


def _set_linear(linear: Any, random: np.random.Generator, shape: tuple[int, ...], scale: float = 1.0) -> None:
    linear.weight = _normal(random, shape, scale / np.sqrt(np.prod(shape[1:])))
    linear.bias = np.zeros(shape[0], dtype=np.float32)


def _set_norm(norm: Any, width: int) -> None:
    norm.gamma = np.ones(width, dtype=np.float32)
    norm.beta = np.zeros(width, dtype=np.float32)


def _normal(random: np.random.Generator, shape: tuple[int, ...], spread: float) -> NDArray[np.float32]:
    return (spread * random.standard_normal(shape, dtype=np.float32)).astype(np.float32)
