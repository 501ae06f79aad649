"""A voice that was made from a recording, and the consent without which it would not have been."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Consent:
    """Somebody says, recorded, that their voice may be used.

    language: BCP 47, of what is said. recording: SHA-256 of its bytes. created_by: the key's name, empty without keys.
    """

    id: str
    name: str
    language: str
    recording: str
    created_unix_seconds: int
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class ClonedVoice:
    """A voice. sample: SHA-256 of the WAV file that engines take it from. consent_id: whose voice it is allowed by."""

    id: str
    name: str
    consent_id: str
    sample: str
    created_unix_seconds: int
    created_by: str = ""
