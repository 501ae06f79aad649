"""Sound into a guess."""

from collections import deque
from collections.abc import Iterator

import numpy as np

from voxhelm.domain.errors import EngineFailed
from voxhelm.domain.pcm import Pcm
from voxhelm.domain.turn_guess import TurnGuess
from voxhelm.engines.smart_turn.features import SAMPLE_RATE_HZ, SAMPLES, features
from voxhelm.engines.smart_turn.network import Network


class SmartTurnJudge:
    """Judges the last eight seconds. Any number of threads may call."""

    def __init__(self, network: Network) -> None:
        """network: is shared by all callers."""
        self._network = network

    def judge(self, audio: Iterator[Pcm], /) -> Iterator[TurnGuess]:
        """Yield one guess at the end of `audio` (16 kHz), none when there was no sound."""
        kept: deque[Pcm] = deque()
        samples = 0
        for pcm in audio:
            if pcm.rate_hz != SAMPLE_RATE_HZ:
                raise EngineFailed(f"Smart Turn takes sound at {SAMPLE_RATE_HZ} Hz, not at {pcm.rate_hz} Hz.")
            kept.append(pcm)
            samples += len(pcm.samples)
            # However long somebody speaks, no more is held than counts.
            while samples - len(kept[0].samples) >= SAMPLES:
                samples -= len(kept.popleft().samples)
        if samples:
            yield TurnGuess(self._network.run(features(np.concatenate([pcm.samples for pcm in kept]))))
