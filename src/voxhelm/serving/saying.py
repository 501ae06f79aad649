"""Lines to the sound that engines make of them."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from concurrent.futures import Executor
from contextlib import aclosing
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from voxhelm.catalog.voices import VoiceBook
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.domain.pronunciation import Pronunciation
from voxhelm.hosting.host import Host
from voxhelm.serving.blame import blaming
from voxhelm.serving.casting import Line
from voxhelm.serving.delivery import Rest, Said
from voxhelm.serving.pace import at_speed
from voxhelm.text.passage import Passage

SLOWEST: Final = 0.25
FASTEST: Final = 4.0


@dataclass(frozen=True, slots=True)
class Stage:
    """What lines are said with. hosts: of every model that has a part. stretching: threads for engines that know no speed.

    timed: whether it is wanted when words are heard.
    """

    voices: VoiceBook
    hosts: Mapping[str, Host]
    stretching: Executor
    speed: float = 1.0
    instructions: str | None = None
    timed: bool = False


async def said(lines: Iterable[Line], stage: Stage, last_pause_seconds: float = 0.0) -> AsyncGenerator[Said | Rest]:
    """One line after the other, so that the first can be heard while the others are made, and callers of one model take turns."""
    for line in lines:
        capabilities = stage.voices.capabilities(line.chosen.spec)
        speed = min(max(stage.speed * line.style.rate, SLOWEST), FASTEST)
        if speed != 1.0 and not line.pauses:
            line = replace(line, silence_seconds=line.silence_seconds / speed)  # noqa: PLW2901 - the same line, in its place
        able = speed == 1.0 or stage.voices.changes_speed(line.chosen.spec)
        options = SynthesizeOptions(
            voice=line.chosen.voice.id,
            speed=speed if able else 1.0,
            language=line.language,
            reference=line.chosen.reference,
            pronunciations=_pronunciations(line.passage) if capabilities.ipa else (),
            word_times=stage.timed,
            instructions=stage.instructions if capabilities.instructions else None,
        )
        made = stage.hosts[line.chosen.spec.id].synthesize(line.text, options)
        with blaming(line.chosen.spec.id):
            async with aclosing(made if able else at_speed(made, speed, stage.stretching)) as speeches:
                async for speech in speeches:
                    yield Said(line, speech)
        yield Said(line, None)
    if last_pause_seconds:
        yield Rest(last_pause_seconds)


def _pronunciations(passage: Passage) -> tuple[Pronunciation, ...]:
    starts = accumulate((len(piece.said) for piece in passage.pieces), initial=0)
    return tuple(
        Pronunciation(start, start + len(piece.said), piece.ipa)
        for start, piece in zip(starts, passage.pieces, strict=False)
        if piece.ipa is not None
    )
