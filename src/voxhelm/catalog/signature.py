"""Signing manifests and telling who has: Ed25519, with keys as OpenSSH writes them. Private keys are read and never kept."""

import base64
import binascii
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from voxhelm.domain.errors import ConfigurationInvalid, PackageInvalid, SignatureUntrusted

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

# Signed along with the manifest, so that a signature made for something else is none of a model.
PURPOSE: Final = b"voxhelm model manifest\0"
LONGEST_BYTES: Final = 4096
_MISSING: Final = "Signatures need a package that is not installed: `uv pip install 'voxhelm[signatures]'`."


def sign(manifest: bytes, key_file: Path) -> bytes:
    """The signature of a manifest, as its file has it: the public key on one line, the signature on the next.

    key_file: an Ed25519 key as `ssh-keygen -t ed25519` makes it, without a passphrase. Raises ConfigurationInvalid, OSError.
    """
    key = _private_key(key_file)
    public = _public_text(key.public_key())
    return f"{public}\n{base64.b64encode(key.sign(PURPOSE + manifest)).decode()}\n".encode()


def require_trusted(manifest: bytes, signature: bytes, trusted_keys: Iterable[str]) -> None:
    """Return if the manifest is signed by one of `trusted_keys`, each `ssh-ed25519 AAAA... who`.

    Raises PackageInvalid when it is not what was signed, SignatureUntrusted when the key is nobody's we know, ConfigurationInvalid.
    """
    trusted = [_public_text(_public_key(key)) for key in trusted_keys]
    public, signed = _parsed(signature)
    if not _is_signed_by(public, signed, manifest):
        raise PackageInvalid("The manifest is not what was signed: it has been changed, or the signature belongs to another one.")
    if _public_text(public) not in trusted:
        raise SignatureUntrusted(
            f"The model is signed by {_public_text(public)}, which models.trusted_keys does not name. "
            "Add it there if you know whose it is, or pass --allow-unsigned."
        )


def _is_signed_by(public: "Ed25519PublicKey", signed: bytes, manifest: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        public.verify(signed, PURPOSE + manifest)
    except InvalidSignature:
        return False
    return True


def _parsed(signature: bytes) -> tuple["Ed25519PublicKey", bytes]:
    try:
        key, signed = signature[:LONGEST_BYTES].decode("ascii").splitlines()
        return _public_key(key), base64.b64decode(signed, validate=True)
    except (ValueError, binascii.Error, ConfigurationInvalid) as error:
        raise PackageInvalid("The signature cannot be read.") from error


def _public_key(text: str) -> "Ed25519PublicKey":
    serialization, ed25519 = _library()
    try:
        loaded = serialization.load_ssh_public_key(text.strip().encode())
    except ValueError as error:
        raise ConfigurationInvalid(f"'{text}' is no public key as OpenSSH writes them (ssh-ed25519 AAAA... who).") from error
    if not isinstance(loaded, ed25519.Ed25519PublicKey):
        raise ConfigurationInvalid(f"'{text}' is a key of another kind than Ed25519.")
    key: Ed25519PublicKey = loaded
    return key


def _private_key(file: Path) -> "Ed25519PrivateKey":
    serialization, ed25519 = _library()
    try:
        loaded = serialization.load_ssh_private_key(file.read_bytes(), password=None)
    except (ValueError, TypeError) as error:
        raise ConfigurationInvalid(
            f"{file} is no private key without a passphrase. `ssh-keygen -t ed25519 -N '' -f model-key` makes one."
        ) from error
    if not isinstance(loaded, ed25519.Ed25519PrivateKey):
        raise ConfigurationInvalid(f"{file} is a key of another kind than Ed25519.")
    key: Ed25519PrivateKey = loaded
    return key


def _public_text(key: "Ed25519PublicKey") -> str:
    serialization, _ = _library()
    text: bytes = key.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return text.decode("ascii")


def _library() -> tuple[Any, Any]:
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise ConfigurationInvalid(_MISSING) from error
    return serialization, ed25519
