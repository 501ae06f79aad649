"""A caller's offer, checked before anything is opened for it."""

import itertools
from dataclasses import dataclass
from typing import Final

from aiortc.sdp import MediaDescription, SessionDescription

from voxhelm.domain.errors import SdpInvalid

_LONGEST_CHARACTERS: Final = 65_536
_MOST_CANDIDATES: Final = 32
_CANDIDATE: Final = "a=candidate:"
_DIRECTIONS: Final = {"a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"}
_DIGESTS: Final = {"sha-256", "sha-384", "sha-512"}
# Whatever the parser raises on text that it does not understand.
_UNREADABLE: Final = (AssertionError, AttributeError, IndexError, KeyError, StopIteration, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be answered. sdp: without what would hold up the answer. has_channel: whether it asks for a channel of events."""

    sdp: str
    has_channel: bool

    @staticmethod
    def read(sdp: str) -> "Offer":
        """Raises SdpInvalid, saying what is missing."""
        if len(sdp) > _LONGEST_CHARACTERS:
            raise SdpInvalid(f"The SDP offer is longer than {_LONGEST_CHARACTERS:,} characters.", param="sdp")
        if not sdp.lstrip().startswith("v="):
            raise SdpInvalid("This is no SDP: an offer begins with `v=0`. Send what `createOffer` gave, as it is.", param="sdp")
        readable = _with_direction(_without_slow_candidates(sdp))
        try:
            description = SessionDescription.parse(readable)
        except _UNREADABLE as error:
            raise SdpInvalid("The SDP offer cannot be read. Send what `createOffer` gave, as it is.", param="sdp") from error
        _check_lines(description)
        for media in description.media:
            _check_transport(media)
        return Offer(readable, has_channel=any(media.kind == "application" for media in description.media))


def _without_slow_candidates(sdp: str) -> str:
    """Names of mDNS would be asked for in the local network while the caller waits; the caller's own checks tell its address as well.

    Nor is it told that no more candidates come: with none at all, which is how most offers are sent, that would end the call.
    """
    kept = []
    candidates = 0
    for line in sdp.splitlines():
        if line.startswith(_CANDIDATE):
            candidates += 1
            fields = line.split()
            if candidates > _MOST_CANDIDATES or ".local" in line or len(fields) < 8 or fields[2].lower() != "udp":
                continue
        elif line.startswith("a=end-of-candidates"):
            continue
        kept.append(line)
    return "\r\n".join(kept) + "\r\n"


def _with_direction(sdp: str) -> str:
    """With `a=sendrecv` where nothing is said: that is what nothing means (RFC 8866), and aiortc does not know it."""
    lines = sdp.splitlines()
    starts = [index for index, line in enumerate(lines) if line.startswith("m=")] + [len(lines)]
    written = lines[: starts[0]]
    for start, end in itertools.pairwise(starts):
        section = lines[start:end]
        written += section[:1]
        if section[0].startswith("m=audio") and not _DIRECTIONS.intersection(section):
            written.append("a=sendrecv")
        written += section[1:]
    return "\r\n".join(written) + "\r\n"


def _check_lines(description: SessionDescription) -> None:
    audio = [media for media in description.media if media.kind == "audio"]
    channels = [media for media in description.media if media.kind == "application"]
    if len(audio) != 1:
        said = "no audio line" if not audio else f"{len(audio)} audio lines"
        raise SdpInvalid(f"The SDP offer has {said}, and a call has one: add one audio track before `createOffer`.", param="sdp")
    if len(channels) > 1 or len(audio) + len(channels) != len(description.media):
        kinds = ", ".join(media.kind for media in description.media)
        raise SdpInvalid(f"A call has one audio line and one data channel; the SDP offer has {kinds}.", param="sdp")
    if not any(codec.mimeType.lower() == "audio/opus" and codec.clockRate == 48_000 for codec in audio[0].rtp.codecs):
        raise SdpInvalid(
            "The SDP offer has no Opus, which is what calls are in. Leave `opus/48000/2` in the audio line.", param="sdp"
        )
    if audio[0].direction == "inactive":
        raise SdpInvalid("The audio line of the SDP offer is inactive: nothing would be said or heard.", param="sdp")
    mids = [media.rtp.muxId for media in description.media]
    bundled = next((group.items for group in description.group if group.semantic == "BUNDLE"), [])
    if not all(mids) or len(set(mids)) != len(mids) or (len(mids) > 1 and set(mids) != set(bundled)):
        raise SdpInvalid(
            "The lines of the SDP offer are not bundled: offer `a=group:BUNDLE` with the `a=mid` of each.", param="sdp"
        )
    if channels and (channels[0].profile != "UDP/DTLS/SCTP" or channels[0].sctp_port is None):
        raise SdpInvalid("The data channel of the SDP offer is not `UDP/DTLS/SCTP` with an `a=sctp-port`.", param="sdp")


def _check_transport(media: MediaDescription) -> None:
    if media.ice is None or not media.ice.usernameFragment or not media.ice.password:
        raise SdpInvalid(f"The {media.kind} line of the SDP offer has no `a=ice-ufrag` and `a=ice-pwd`.", param="sdp")
    if media.dtls is None or not any(print_.algorithm.lower() in _DIGESTS for print_ in media.dtls.fingerprints):
        wanted = "`a=setup` and an `a=fingerprint:sha-256`"
        raise SdpInvalid(f"The {media.kind} line of the SDP offer has no {wanted}: calls are encrypted.", param="sdp")
    if media.kind == "audio" and not media.rtcp_mux:
        raise SdpInvalid("The audio line of the SDP offer has no `a=rtcp-mux`.", param="sdp")
