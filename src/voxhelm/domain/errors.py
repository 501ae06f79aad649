"""Everything that can go wrong, as one tree. `api/errors.py` maps each class to a status.

VoxhelmError
+-- BadRequest                     the caller must change the request
|   +-- TextEmpty                  nothing to say
|   +-- TextUnspeakable            text without a letter or digit
|   +-- TextTooLong                over the limit of characters
|   +-- BodyTooLarge               over the limit of bytes
|   +-- VoiceNotFound              no such voice; names near matches
|   +-- ModelNotFound              no such model; names near matches
|   +-- ModelUnsuited              the model exists and cannot do this
|   +-- LanguageUnsupported        no installed model knows this language
|   +-- AudioUnreadable            not audio, or damaged beyond decoding
|   +-- AudioEmpty                 a container without a single sample
|   +-- ParameterInvalid           a value outside what is allowed
|   +-- ParameterMissing           a field that must be there is not
+-- ConfigurationInvalid           the start is refused; says which key
+-- Unavailable                    the caller may try again
|   +-- EngineCrashed              the process of the model died during the request
|   +-- ModelLoadFailed            the model could not be loaded
|   +-- ShuttingDown               the server is going away
+-- EngineFailed                   the engine raised an error of its own
+-- Cancelled                      the caller has gone; never rendered
"""

from typing import ClassVar


class VoxhelmError(Exception):
    """The root. `code` is stable and for programs; the message is for people and says what to do."""

    code: ClassVar[str] = "internal_error"

    def __init__(self, message: str, *, param: str | None = None, retry_after_seconds: float | None = None) -> None:
        """Describe the failure.

        param: the request field that is at fault, when there is one.
        retry_after_seconds: when trying again makes sense.
        """
        super().__init__(message)
        self.message = message
        self.param = param
        self.retry_after_seconds = retry_after_seconds


class BadRequest(VoxhelmError):
    """The caller must change the request."""

    code = "invalid_request"


class TextEmpty(BadRequest):
    """There is nothing to say."""

    code = "text_empty"


class TextUnspeakable(BadRequest):
    """The text has no letter and no digit."""

    code = "text_unspeakable"


class TextTooLong(BadRequest):
    """The text is over the limit of characters."""

    code = "text_too_long"


class BodyTooLarge(BadRequest):
    """The request body is over the limit of bytes."""

    code = "body_too_large"


class VoiceNotFound(BadRequest):
    """There is no such voice."""

    code = "voice_not_found"


class ModelNotFound(BadRequest):
    """There is no such model."""

    code = "model_not_found"


class ModelUnsuited(BadRequest):
    """The model exists and cannot do what was asked of it."""

    code = "model_unsuited"


class LanguageUnsupported(BadRequest):
    """No installed model knows this language."""

    code = "language_unsupported"


class AudioUnreadable(BadRequest):
    """The bytes are not audio, or damaged beyond decoding."""

    code = "audio_unreadable"


class AudioEmpty(BadRequest):
    """The container holds no sample of sound."""

    code = "audio_empty"


class ParameterInvalid(BadRequest):
    """A value is outside what is allowed."""

    code = "invalid_value"


class ParameterMissing(BadRequest):
    """A field that must be there is not."""

    code = "missing_required_parameter"


class ConfigurationInvalid(VoxhelmError):
    """The configuration cannot be used; the start is refused."""

    code = "configuration_invalid"


class Unavailable(VoxhelmError):
    """Voxhelm cannot do this now; trying again may succeed."""

    code = "unavailable"


class EngineCrashed(Unavailable):
    """The process of the model died during the request."""

    code = "engine_crashed"


class ModelLoadFailed(Unavailable):
    """The model could not be loaded."""

    code = "model_load_failed"


class ShuttingDown(Unavailable):
    """The server is going away."""

    code = "shutting_down"


class EngineFailed(VoxhelmError):
    """The engine raised an error of its own."""

    code = "engine_failed"


class Cancelled(VoxhelmError):
    """The caller has gone. It unwinds an engine and is never shown to anyone."""

    code = "cancelled"
