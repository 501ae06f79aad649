"""What one session may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """Bounds of one session.

    longest_session_seconds: then it ends; 60 minutes is what OpenAI's guide says of its own.
    longest_input_seconds: of sound that is no utterance yet; more is refused.
    most_items: that a client may put into the conversation.
    kept_audio_bytes: of sound in the conversation, for `conversation.item.retrieve`; the oldest goes first.
    stalled_seconds: a reply that does not get on for so long has failed.
    quiet_kept_seconds: of sound in which nobody speaks, for a client that commits by hand although voices are looked for.
    """

    longest_session_seconds: float = 3600.0
    longest_input_seconds: float = 600.0
    most_items: int = 2_000
    kept_audio_bytes: int = 32 * 1024 * 1024
    stalled_seconds: float = 30.0
    quiet_kept_seconds: float = 10.0
