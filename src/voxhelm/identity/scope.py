"""What a key allows."""

from enum import StrEnum


class Scope(StrEnum):
    """One thing that may be allowed. Every key, whatever its scopes, may read the lists and cancel its own requests."""

    SPEECH = "speech"
    TRANSCRIPTION = "transcription"
    REALTIME = "realtime"
    """Hold spoken conversations, and let others hold them by client secrets."""
    VOICES = "voices"
    """Record consents, make and delete cloned voices."""
    MODELS = "models"
    """Install, remove, load and unload models."""
    METRICS = "metrics"
    ADMIN = "admin"
    """All of them, and those that come later."""


EVERYDAY = (Scope.SPEECH, Scope.TRANSCRIPTION, Scope.REALTIME)
"""What a key allows that says nothing else: to use the server, and not to change it."""
