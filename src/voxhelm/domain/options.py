"""What a caller may ask of an engine, one frozen type per capability."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SynthesizeOptions:
    """How to say a text.

    voice: an id from the engine's own voice list.
    speed: 1.0 is the voice's natural pace, 2.0 twice as fast; 0.25 to 4.
    language: ISO 639-1 code of the text when the caller knows it, for voices that speak several.
    """

    voice: str
    speed: float = 1.0
    language: str | None = None


@dataclass(frozen=True, slots=True)
class TranscribeOptions:
    """How to hear a recording.

    language: ISO 639-1 code of what is spoken; None asks the engine to find out.
    word_times: whether `Segment.words` is wanted.
    prompt: text that came before, or a style to follow; engines without a use for it ignore it.
    keywords: names and terms that are likely to occur.
    temperature: sampling temperature, 0 to 1; None leaves it to the engine.
    translate: whether English is wanted, whatever is spoken; engines that cannot say so.
    """

    language: str | None = None
    word_times: bool = False
    prompt: str | None = None
    keywords: tuple[str, ...] = ()
    temperature: float | None = None
    translate: bool = False
