"""Hearing by an engine that takes one utterance at a time, and finding the utterances."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace

from voxhelm.audio.utterances import CutOptions, Utterance, UtteranceCutter
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.segment import Segment
from voxhelm.hosting.host import Host


async def heard_by_utterance(
    transcriber: Host, detector: Host, audio: AsyncGenerator[Pcm], options: TranscribeOptions, cut: CutOptions
) -> AsyncGenerator[Segment]:
    """Cut where nobody speaks, hear each utterance, put the times back."""
    async with aclosing(utterances(detector, audio, cut)) as found:
        async for utterance in found:
            async with aclosing(transcriber.transcribe(_once(utterance.pcm), options)) as segments:
                async for segment in segments:
                    yield _shifted(segment, utterance.start_seconds)


async def utterances(detector: Host, audio: AsyncGenerator[Pcm], cut: CutOptions) -> AsyncGenerator[Utterance]:
    """The stretches of `audio` in which somebody speaks, as `detector` finds them, in order of time."""
    cutter = UtteranceCutter(cut)

    async def overheard() -> AsyncGenerator[Pcm]:
        async for pcm in audio:
            cutter.push_audio(pcm)
            yield pcm

    async with aclosing(detector.detect(overheard())) as activities:
        async for activity in activities:
            for utterance in cutter.push_activity(activity):
                yield utterance
    for utterance in cutter.finish():
        yield utterance


async def _once(pcm: Pcm) -> AsyncIterator[Pcm]:
    """One utterance in pieces of a second, so that an engine notices between them when the caller has gone."""
    for start in range(0, len(pcm.samples), pcm.rate_hz):
        yield Pcm(pcm.samples[start : start + pcm.rate_hz], pcm.rate_hz)


def _shifted(segment: Segment, seconds: float) -> Segment:
    words = tuple(
        replace(word, start_seconds=word.start_seconds + seconds, end_seconds=word.end_seconds + seconds) for word in segment.words
    )
    return replace(segment, start_seconds=segment.start_seconds + seconds, end_seconds=segment.end_seconds + seconds, words=words)
