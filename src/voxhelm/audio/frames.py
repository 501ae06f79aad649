"""The frames of an audio track, as far as they can be decoded."""

from collections.abc import Iterator

import av
import av.container

from voxhelm.domain.errors import AudioUnreadable

# 20 seconds in most codecs: a decoder that has not found its feet in that long never will, and the rest need not be read to know it.
_BAD_PACKETS_AT_START = 1_000


def frames(container: av.container.InputContainer, track: av.AudioStream) -> Iterator[av.AudioFrame]:
    """Every frame that can be decoded. Bad packets are passed over; a container that breaks off ends the sound."""
    packets = _packets(container, track)
    decoded = False
    bad_packets = 0
    at_end = False
    while not at_end:
        try:
            packet = next(packets, None)  # after an error of the container there is no next
            at_end = packet is None
            frames = track.codec_context.decode(packet)  # None asks for what the decoder kept back
        except av.FFmpegError:
            bad_packets += 1
            if not decoded and bad_packets >= _BAD_PACKETS_AT_START:
                break
            continue
        decoded = decoded or bool(frames)
        yield from frames
    if bad_packets and not decoded:
        raise AudioUnreadable("The audio is damaged: nothing in it can be decoded.", param="file")


def _packets(container: av.container.InputContainer, track: av.AudioStream) -> "Iterator[av.Packet[av.AudioStream]]":
    try:
        for packet in container.demux(track):
            if packet.size:  # an empty one would tell the decoder that the end has come
                yield packet
    except IndexError:
        # PyAV's way to end when tracks have appeared while it was reading (a transport stream may do that): all has been read.
        return
