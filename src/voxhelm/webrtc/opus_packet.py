"""What an Opus packet says of itself in its first bytes (RFC 6716, section 3)."""

from typing import Final

CLOCK_HZ: Final = 48_000
"""Of timestamps, whatever rate the sound was encoded at."""

_LONGEST_SAMPLES: Final = 5_760  # 120 ms
_SPEECH_FRAMES: Final = (480, 960, 1_920, 2_880)
_MIXED_FRAMES: Final = (480, 960)
_MUSIC_FRAMES: Final = (120, 240, 480, 960)
_FIRST_MIXED: Final = 12
_FIRST_MUSIC: Final = 16
_QUIET_BYTES: Final = 2


def duration_samples(payload: bytes) -> int:
    """How long it plays, in samples of its clock. Raises ValueError when it is not an Opus packet."""
    if not payload:
        raise ValueError("an Opus packet has at least one byte")
    total = _frame_samples(payload[0] >> 3) * _frame_count(payload)
    if not 0 < total <= _LONGEST_SAMPLES:
        raise ValueError(f"an Opus packet plays at most 120 ms, not {total * 1_000 / CLOCK_HZ:g}")
    return total


def is_quiet(payload: bytes) -> bool:
    """Whether its sender says that nothing follows for a while, since there is nothing to hear (discontinuous transmission)."""
    return len(payload) <= _QUIET_BYTES


def _frame_samples(configuration: int) -> int:
    if configuration < _FIRST_MIXED:
        return _SPEECH_FRAMES[configuration % 4]
    if configuration < _FIRST_MUSIC:
        return _MIXED_FRAMES[configuration % 2]
    return _MUSIC_FRAMES[configuration % 4]


def _frame_count(payload: bytes) -> int:
    match payload[0] & 3:
        case 0:
            return 1
        case 3:
            if len(payload) < 2:
                raise ValueError("an Opus packet of several frames says in its second byte how many")
            return payload[1] & 63
        case _:
            return 2
