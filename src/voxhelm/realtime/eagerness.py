"""How long a speaker who has paused is waited for. Pure."""

from typing import Final

from voxhelm.realtime.session_config import Eagerness

PAUSE_MS: Final = 200
"""The silence after which a turn is first judged: shorter ones are the stops inside words (p, t, k) and breaths between them."""

_STEEPNESS: Final = 3
"""Doubt costs little while it is small. At 3 a coin's toss waits for some 600 ms in all, which is what servers wait that know nothing."""


def wait_ms(probability: float, eagerness: Eagerness, silence_ms: float = PAUSE_MS) -> int:
    """How many more milliseconds of silence make the turn over; 0 when it is over now.

    probability: that the speaker is done, 0 to 1. silence_ms: how long nobody has spoken by now.

    A speaker who is surely done is answered at once; one who surely is not is waited for up to the eagerness' longest wait, counted from
    the last sound. Between them more probability never waits longer, and nor does more eagerness.
    """
    doubt = 1.0 - min(max(probability, 0.0), 1.0)
    whole_ms = PAUSE_MS + (eagerness.longest_wait_ms - PAUSE_MS) * doubt**_STEEPNESS
    return max(0, round(whole_ms - silence_ms))
