"""Who a session is."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is fixed when a session begins.

    started_seconds: on the monotonic clock. expires_unix_seconds: told to the client. told: more for its `session.voxhelm`, by name.
    """

    session_id: str
    conversation_id: str
    started_seconds: float
    expires_unix_seconds: int = 0
    told: dict[str, object] = field(default_factory=dict)
