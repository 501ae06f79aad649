"""Everything that can go wrong, as one tree. `api/errors.py` maps each class to a status.

VoxhelmError
+-- BadRequest                     the caller must change the request
|   +-- TextEmpty                  nothing to say
|   +-- TextUnspeakable            text without a letter or digit
|   +-- TextTooLong                over the limit of characters
|   +-- MarkupInvalid              SSML or a tag that cannot be followed; says which and where
|   +-- BodyTooLarge               over the limit of bytes
|   +-- VoiceNotFound              no such voice; names near matches
|   +-- ModelNotFound              no such model; names near matches
|   +-- ModelUnsuited              the model exists and cannot do this
|   +-- LanguageUnsupported        no installed model knows this language
|   +-- AudioUnreadable            not audio, or damaged beyond decoding
|   +-- AudioEmpty                 a container without a single sample
|   +-- ParameterInvalid           a value outside what is allowed
|   +-- ParameterMissing           a field that must be there is not
|   +-- SdpInvalid                 an offer of a call that cannot be answered
|   +-- EgressForbidden            the model would send it out of the LAN, which the operator has not allowed
|   +-- ModelInUse                 it cannot be removed while requests use it
|   +-- ModelExists                another model has this name already
|   +-- ModelChangesForbidden      this caller may not install or remove models
|   +-- HubOffline                 asking a hub is switched off
|   +-- HubForbidden               the hub wants a token, or another one
|   +-- PackageInvalid             a folder or archive of a model is not what its manifest says
|   +-- SignatureUntrusted         it is not signed by a key that is trusted
|   +-- VoiceExists                another voice has this name already
|   +-- TooManyVoices              as many cloned voices, or consents, as may be kept
|   +-- ClonedVoiceNotFound        no cloned voice has this id
|   +-- CloningUnsupported         no installed model, or not this one, clones voices
|   +-- SampleUnsuited             a recording that no voice can be taken from
|   +-- ConsentNotFound            no consent has this id
|   +-- ConsentInUse               voices need this consent
|   +-- KeyInvalid                 no API key, or one that is not known here
|   +-- ScopeMissing               the API key does not allow this
|   +-- HostUnknown                the server is asked for by a name that may be somebody else's
|   +-- SessionNotFound            no realtime session or call has this name, or it is over
|   +-- EndpointGone               OpenAI had this once, and has something else instead
|   +-- UpgradeRequired            what is there is spoken by WebSocket
+-- ConfigurationInvalid           the start is refused; says which key
+-- Unavailable                    the caller may try again
|   +-- EngineCrashed              the process of the model died during the request
|   +-- ModelLoadFailed            the model could not be loaded
|   |   +-- DeviceUnusable         not on this device; elsewhere it may
|   +-- OutOfMemory                a runtime ran out of memory while it loaded
|   +-- InsufficientMemory         the model cannot fit; says who holds what
|   +-- QueueFull                  too many requests wait for the model already
|   +-- SessionsFull               as many realtime sessions as may be, or of this caller
|   +-- DeadlineMissed             the caller's deadline passed before its turn came
|   +-- RequestCancelled           somebody cancelled the request by its id
|   +-- ShuttingDown               the server is going away
|   +-- HubUnavailable             the hub does not answer, or breaks off again and again
|   +-- DownloadDamaged            what the hub sent is not what it had announced
|   +-- DiskFull                   there is no room for the model's files
|   +-- PortsTaken                 as many calls as there are UDP ports for them
|   +-- CallUnreachable            no network address to be called at
|   +-- TooManyClientSecrets       as many client secrets as are kept wait to be used
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
        self.model_id: str | None = None
        """The model that is to blame, where whoever raised it could tell; said to nobody, and used to find another one."""
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


class MarkupInvalid(BadRequest):
    """SSML, or a tag in the text, that cannot be followed."""

    code = "markup_invalid"


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


class SdpInvalid(BadRequest):
    """The offer of a call cannot be read, or offers what cannot be answered."""

    code = "sdp_invalid"


class ModelInUse(BadRequest):
    """The model cannot be removed while requests use it."""

    code = "model_in_use"


class ModelExists(BadRequest):
    """Another model has this name already."""

    code = "model_exists"


class ModelChangesForbidden(BadRequest):
    """The caller may not install or remove models."""

    code = "model_changes_forbidden"


class HubOffline(BadRequest):
    """Asking a hub is switched off."""

    code = "hub_offline"


class HubForbidden(BadRequest):
    """The hub wants a token, or another one."""

    code = "hub_forbidden"


class PackageInvalid(BadRequest):
    """A folder or archive of a model is not what its manifest says."""

    code = "package_invalid"


class SignatureUntrusted(BadRequest):
    """A folder or archive of a model is not signed by a key that is trusted."""

    code = "signature_untrusted"


class VoiceExists(BadRequest):
    """Another voice has this name already."""

    code = "voice_exists"


class TooManyVoices(BadRequest):
    """There are as many cloned voices, or consents, as may be kept."""

    code = "too_many_voices"


class ClonedVoiceNotFound(BadRequest):
    """There is no cloned voice with this id."""

    code = "cloned_voice_not_found"


class CloningUnsupported(BadRequest):
    """No installed model clones voices, or the one that was named does not."""

    code = "cloning_unsupported"


class SampleUnsuited(BadRequest):
    """The recording is not one that a voice can be taken from, or that holds a consent."""

    code = "sample_unsuited"


class ConsentNotFound(BadRequest):
    """There is no consent with this id."""

    code = "consent_not_found"


class ConsentInUse(BadRequest):
    """The consent cannot be deleted while there are voices that need it."""

    code = "consent_in_use"


class KeyInvalid(BadRequest):
    """The caller has shown no API key, or one that is not known here or has expired."""

    code = "invalid_api_key"


class ScopeMissing(BadRequest):
    """The caller's API key does not allow this."""

    code = "insufficient_scope"


class HostUnknown(BadRequest):
    """The server is asked for by a name that may be somebody else's, and has no key to tell friends by."""

    code = "host_not_allowed"


class EndpointGone(BadRequest):
    """OpenAI had this once, and has something else instead; the message says what."""

    code = "endpoint_gone"


class UpgradeRequired(BadRequest):
    """What is there is spoken by WebSocket, and this was an ordinary request."""

    code = "upgrade_required"


class SessionNotFound(BadRequest):
    """No realtime session or call has this name, or it is over."""

    code = "session_not_found"


class EgressForbidden(BadRequest):
    """The model would send texts or sound out of the LAN, and the operator has not allowed that."""

    code = "egress_forbidden"


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


class DeviceUnusable(ModelLoadFailed):
    """The runtime cannot use the device. Engines raise it, and the model is loaded elsewhere if it can be."""

    code = "device_unusable"


class OutOfMemory(Unavailable):
    """A runtime ran out of memory while it loaded a model. Engines raise it; callers see InsufficientMemory."""

    code = "out_of_memory"


class InsufficientMemory(Unavailable):
    """The model cannot fit beside what holds the memory."""

    code = "insufficient_memory"


class QueueFull(Unavailable):
    """Too many requests wait for the model already."""

    code = "queue_full"


class SessionsFull(Unavailable):
    """There are as many realtime sessions as there may be, or as this caller may have."""

    code = "sessions_full"


class DeadlineMissed(Unavailable):
    """The caller's deadline passed, or is going to, before its turn comes."""

    code = "deadline_missed"


class RequestCancelled(Unavailable):
    """Somebody cancelled the request by its id."""

    code = "request_cancelled"


class ShuttingDown(Unavailable):
    """The server is going away."""

    code = "shutting_down"


class HubUnavailable(Unavailable):
    """The hub does not answer, or breaks off again and again."""

    code = "hub_unavailable"


class DownloadDamaged(Unavailable):
    """What the hub sent is not what it had announced."""

    code = "download_damaged"


class DiskFull(Unavailable):
    """There is no room for the model's files."""

    code = "disk_full"


class TooManyClientSecrets(Unavailable):
    """As many client secrets as are kept wait to be used."""

    code = "too_many_client_secrets"


class PortsTaken(Unavailable):
    """Calls hold all of the UDP ports that are there for them."""

    code = "ports_taken"


class CallUnreachable(Unavailable):
    """There is no network address at which this server could be called."""

    code = "call_unreachable"


class EngineFailed(VoxhelmError):
    """The engine raised an error of its own."""

    code = "engine_failed"


class Cancelled(VoxhelmError):
    """The caller has gone. It unwinds an engine and is never shown to anyone."""

    code = "cancelled"
