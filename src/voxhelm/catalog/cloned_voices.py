"""The voices that were made from recordings, and their consents, kept on the disk until somebody deletes them."""

import fcntl
import os
import secrets
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from voxhelm.domain.cloned_voice import ClonedVoice, Consent
from voxhelm.domain.errors import (
    ClonedVoiceNotFound,
    ConfigurationInvalid,
    ConsentInUse,
    ConsentNotFound,
    TooManyVoices,
    VoiceExists,
)
from voxhelm.store.blobs import Blobs

RECORDS: Final = "records.json"
BLOBS: Final = "recordings"
ID_BYTES: Final = 12
# Of each kind: more than anybody needs, and a bound on what somebody with a key can put on the disk.
MOST_KEPT: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Records:
    consents: tuple[Consent, ...] = ()
    voices: tuple[ClonedVoice, ...] = ()


class ClonedVoices:
    """A folder of records and recordings, for several servers at once. What changes it blocks; looking costs one `stat`.

    Names of voices are unique among all of them, whoever made them, as they are what requests name. Names and ids from outside are only
    compared, never made into paths.
    """

    def __init__(self, directory: Path, now_unix_seconds: Callable[[], float]) -> None:
        """directory: made when something is put there. Raises ConfigurationInvalid when what is there cannot be read."""
        self._directory = directory
        self._now_unix_seconds = now_unix_seconds
        self._blobs = Blobs(directory / BLOBS, durable=True)
        self._seen: tuple[int, int, int] | None = None
        self._records = _Records()
        try:
            self._renew()
        except (msgspec.MsgspecError, OSError) as error:
            raise ConfigurationInvalid(f"The cloned voices in {directory} cannot be read: {error}.") from error
        self._blobs.sweep(self._digests(self._records))

    def consents(self) -> tuple[Consent, ...]:
        """All of them, the youngest first."""
        return self._renew().consents[::-1]

    def voices(self) -> tuple[ClonedVoice, ...]:
        """All of them, the oldest first."""
        return self._renew().voices

    def consent(self, consent_id: str) -> Consent:
        """One of them. Raises ConsentNotFound."""
        return _consent_in(self._renew(), consent_id)

    def find(self, name: str) -> ClonedVoice | None:
        """The voice with this id, or this name in any case."""
        folded = name.casefold()
        return next((voice for voice in self._renew().voices if voice.id == name or voice.name.casefold() == folded), None)

    def sample(self, voice: ClonedVoice) -> Path:
        """The WAV file that engines take a voice from."""
        return self._blobs.path_of(voice.sample)

    def open_recording(self, consent: Consent) -> BinaryIO:
        """What was said. Raises BlobMissing, BlobDamaged."""
        return self._blobs.open(consent.recording)

    def add_consent(self, name: str, language: str, recording: Iterable[bytes], created_by: str) -> Consent:
        """Keep a consent. Raises TooManyVoices."""
        with self._changing() as records:
            _require_room(records.consents, "consents")
            blob = self._blobs.put(recording)
            consent = Consent(_new_id("cons"), name, language, blob.digest, int(self._now_unix_seconds()), created_by)
            self._write(replace(records, consents=(*records.consents, consent)))
        return consent

    def rename_consent(self, consent_id: str, name: str) -> Consent:
        """Call a consent something else. Raises ConsentNotFound."""
        with self._changing() as records:
            renamed = replace(_consent_in(records, consent_id), name=name)
            self._write(replace(records, consents=tuple(renamed if one.id == consent_id else one for one in records.consents)))
        return renamed

    def remove_consent(self, consent_id: str) -> None:
        """Delete a consent and its recording. Raises ConsentNotFound, ConsentInUse while there are voices that need it."""
        with self._changing() as records:
            consent = _consent_in(records, consent_id)
            users = [f"'{voice.name}' ({voice.id})" for voice in records.voices if voice.consent_id == consent_id]
            if users:
                raise ConsentInUse(f"Voices need this consent: {', '.join(users)}. Delete them first.")
            left = replace(records, consents=tuple(one for one in records.consents if one.id != consent_id))
            self._write(left)
            self._drop(consent.recording, left)

    def add_voice(self, name: str, consent_id: str, sample: Iterable[bytes], created_by: str) -> ClonedVoice:
        """Keep a voice. sample: a WAV file. Raises ConsentNotFound, VoiceExists, TooManyVoices."""
        with self._changing() as records:
            consent = _consent_in(records, consent_id)
            _require_room(records.voices, "cloned voices")
            folded = name.casefold()
            if any(voice.name.casefold() == folded for voice in records.voices):
                raise VoiceExists(
                    f"There is a cloned voice '{name}' already. Delete it first, or choose another name.", param="name"
                )
            blob = self._blobs.put(sample)
            voice = ClonedVoice(_new_id("voice"), name, consent.id, blob.digest, int(self._now_unix_seconds()), created_by)
            self._write(replace(records, voices=(*records.voices, voice)))
        return voice

    def remove_voice(self, voice_id: str) -> ClonedVoice:
        """Delete a voice and its sample. Raises ClonedVoiceNotFound."""
        with self._changing() as records:
            voice = next((one for one in records.voices if one.id == voice_id), None)
            if voice is None:
                raise ClonedVoiceNotFound(
                    f"There is no cloned voice with the id '{voice_id}'; only those can be deleted. GET /v1/audio/voices lists them.",
                    param="voice_id",
                )
            left = replace(records, voices=tuple(one for one in records.voices if one.id != voice_id))
            self._write(left)
            self._drop(voice.sample, left)
        return voice

    def _drop(self, digest: str, left: _Records) -> None:
        """Remove bytes, unless others have the same."""
        if digest not in self._digests(left):
            self._blobs.remove(digest)

    @staticmethod
    def _digests(records: _Records) -> set[str]:
        return {one.recording for one in records.consents} | {one.sample for one in records.voices}

    def _renew(self) -> _Records:
        """What the file has now, which another server may have written."""
        path = self._directory / RECORDS
        try:
            state = path.stat()
        except FileNotFoundError:
            self._seen, self._records = None, _Records()
            return self._records
        seen = (state.st_mtime_ns, state.st_size, state.st_ino)
        if seen != self._seen:
            self._records = msgspec.json.decode(path.read_bytes(), type=_Records)
            self._seen = seen
        return self._records

    @contextmanager
    def _changing(self) -> Iterator[_Records]:
        """The records, while nobody else changes them."""
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._directory / f"{RECORDS}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self._renew()

    def _write(self, records: _Records) -> None:
        """On the disk when this returns, whole or as it was."""
        descriptor, name = tempfile.mkstemp(dir=self._directory, prefix=f".{RECORDS}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(records)))
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._directory / RECORDS)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(name).unlink()
            raise
        folder = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _require_room(kept: Sequence[object], what: str) -> None:
    if len(kept) >= MOST_KEPT:
        raise TooManyVoices(f"There are {MOST_KEPT:,} {what} already. Delete some first.")


def _consent_in(records: _Records, consent_id: str) -> Consent:
    consent = next((one for one in records.consents if one.id == consent_id), None)
    if consent is None:
        raise ConsentNotFound(
            f"There is no consent with the id '{consent_id}'. POST /v1/audio/voice_consents records one.", param="consent"
        )
    return consent


def _new_id(kind: str) -> str:
    return f"{kind}_{secrets.token_hex(ID_BYTES)}"
