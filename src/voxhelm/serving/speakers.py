"""Who said what: by a diariser's turns, or by the channel of the recording."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

import numpy as np

from voxhelm.audio.arriving import arriving_file
from voxhelm.audio.decode import decode
from voxhelm.audio.resample import Resampler
from voxhelm.domain.errors import AudioEmpty, AudioUnreadable, ParameterInvalid
from voxhelm.domain.options import KnownSpeaker
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.domain.turn import Turn
from voxhelm.kit.streams import arrivals
from voxhelm.text.turns import Interleaving, SpeakerTimeline, letters

REFERENCES: Final = "known_speaker_references"
SHORTEST_SAMPLE_SECONDS: Final = 2.0
LONGEST_SAMPLE_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class NamedSpeaker:
    """A name that a caller gives. recording: an encoded sample of the voice; None where the channel tells who it is."""

    name: str
    recording: bytes | None = None


async def attributed(
    segments: AsyncGenerator[Segment], turns: AsyncGenerator[Turn], names: Sequence[str]
) -> AsyncGenerator[Segment]:
    """`segments`, each with its speaker as soon as the turns tell; divided where the speaker changes."""
    timeline = SpeakerTimeline(names)
    both: Sequence[AsyncGenerator[Segment] | AsyncGenerator[Turn]] = [segments, turns]
    async with aclosing(arrivals(both)) as came:
        async for arrival in came:
            decided: Sequence[Segment] = ()
            if isinstance(arrival.item, Turn):
                decided = timeline.push_turn(arrival.item)
            elif isinstance(arrival.item, Segment):
                decided = timeline.push_segment(arrival.item)
            elif arrival.source == 1:
                decided = timeline.end_turns()
            for segment in decided:
                yield segment


async def interleaved(channels: Sequence[AsyncGenerator[Segment]], names: Sequence[str]) -> AsyncGenerator[Segment]:
    """The segments of all channels in order of time, each with its channel's speaker: one of `names`, else A, B and so on."""
    merged = Interleaving([names[index] if index < len(names) else letters(index) for index in range(len(channels))])
    async with aclosing(arrivals(channels)) as came:
        async for arrival in came:
            decided = merged.end(arrival.source) if arrival.item is None else merged.push(arrival.source, arrival.item)
            for segment in decided:
                yield segment


async def at_rate(audio: AsyncGenerator[Pcm], rate_hz: int) -> AsyncGenerator[Pcm]:
    """`audio` at `rate_hz`, for a model that takes another rate than the one beside it."""
    resampler: Resampler | None = None
    async with aclosing(audio):
        async for pcm in audio:
            if resampler is None:
                resampler = Resampler(pcm.rate_hz, rate_hz)
            yield resampler.push(pcm)
    if resampler is not None:
        yield resampler.finish()


async def known_speakers(named: Sequence[NamedSpeaker], rate_hz: int) -> tuple[KnownSpeaker, ...]:
    """The samples of speakers' voices, decoded. Raises ParameterInvalid for one that is no sound, too short or too long."""
    return tuple(
        [
            KnownSpeaker(one.name, await asyncio.to_thread(_sample, one.name, one.recording, rate_hz))
            for one in named
            if one.recording is not None
        ]
    )


def _sample(name: str, recording: bytes, rate_hz: int) -> Pcm:
    pieces: list[Pcm] = []
    seconds = 0.0
    try:
        for pcm in decode(arriving_file(iter([recording])), rate_hz=rate_hz):
            pieces.append(pcm)
            seconds += pcm.duration_seconds
            if seconds > LONGEST_SAMPLE_SECONDS:
                break
    except (AudioUnreadable, AudioEmpty) as error:
        raise ParameterInvalid(f"The reference of speaker '{name}' cannot be used. {error.message}", param=REFERENCES) from error
    if not SHORTEST_SAMPLE_SECONDS <= seconds <= LONGEST_SAMPLE_SECONDS:
        raise ParameterInvalid(
            f"The reference of speaker '{name}' must last from {SHORTEST_SAMPLE_SECONDS:g} to {LONGEST_SAMPLE_SECONDS:g} seconds.",
            param=REFERENCES,
        )
    return Pcm(np.concatenate([pcm.samples for pcm in pieces]), rate_hz)
