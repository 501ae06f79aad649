import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.domain.errors import SdpInvalid
from voxhelm.webrtc.offer import Offer

FINGERPRINT = "a=fingerprint:sha-256 " + ":".join(["AB"] * 32)
AUDIO = f"""m=audio 9 UDP/TLS/RTP/SAVPF 111 0
c=IN IP4 0.0.0.0
a=sendrecv
a=mid:0
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:0 PCMU/8000
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuv
{FINGERPRINT}
a=setup:actpass"""
CHANNEL = f"""m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=mid:1
a=sctp-port:5000
a=max-message-size:262144
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuv
{FINGERPRINT}
a=setup:actpass"""
HEAD = """v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=msid-semantic: WMS"""
OFFER = f"{HEAD}\n{AUDIO}\n{CHANNEL}\n".replace("\n", "\r\n")


def test_an_offer_without_candidates_is_read():
    offer = Offer.read(OFFER)
    assert offer.has_channel
    assert offer.sdp == OFFER


def test_a_call_may_do_without_a_channel():
    assert not Offer.read(f"{HEAD}\n{AUDIO}\n".replace("BUNDLE 0 1", "BUNDLE 0")).has_channel


@pytest.mark.parametrize(
    ("sdp", "words"),
    [
        ("", "no SDP"),
        ("hello", "no SDP"),
        ('{"sdp": "v=0"}', "no SDP"),
        ("v=0\r\n", "no audio line"),
        ("v=0\r\n" + "a=x\r\n" * 20_000, "longer than"),
        ("v=0\nm=audio", "cannot be read"),
        (OFFER.replace("a=rtpmap:111 opus/48000/2", "a=rtpmap:111 opus"), "cannot be read"),
        (OFFER.replace("a=fmtp:111", "a=fmtp:99"), "cannot be read"),
        (OFFER.replace("a=setup:actpass", "a=setup:nobody"), "cannot be read"),
        (f"{HEAD}\n{CHANNEL}\n", "no audio line"),
        (f"{HEAD}\n{AUDIO}\n{AUDIO}\n", "2 audio lines"),
        (f"{HEAD}\n{AUDIO}\n{AUDIO.replace('audio 9', 'video 9')}\n", "audio, video"),
        (f"{HEAD}\n{AUDIO}\n{CHANNEL}\n{CHANNEL}\n", "one data channel"),
        (OFFER.replace("opus", "G722"), "no Opus"),
        (OFFER.replace("a=sendrecv", "a=inactive"), "inactive"),
        (OFFER.replace("a=group:BUNDLE 0 1", "a=group:BUNDLE 0"), "not bundled"),
        (OFFER.replace("a=mid:1", "a=mid:0"), "not bundled"),
        (OFFER.replace("a=ice-ufrag:abcd", "a=x"), "ice-ufrag"),
        (OFFER.replace("a=ice-pwd", "a=x"), "ice-pwd"),
        (OFFER.replace("a=fingerprint:sha-256", "a=fingerprint:md5"), "fingerprint"),
        (OFFER.replace("a=setup:actpass", "a=x"), "setup"),
        (OFFER.replace("a=rtcp-mux", "a=x"), "rtcp-mux"),
        (OFFER.replace("a=sctp-port:5000", "a=x"), "sctp-port"),
    ],
)
def test_what_is_missing_is_said(sdp, words):
    with pytest.raises(SdpInvalid, match=words) as refused:
        Offer.read(sdp)
    assert refused.value.param == "sdp"


@given(st.integers(0, len(OFFER)), st.integers(0, 200), st.text(max_size=40))
def test_a_damaged_offer_is_read_or_refused(start, length, instead):
    with contextlib.suppress(SdpInvalid):
        Offer.read(OFFER[:start] + instead + OFFER[start + length :])


def with_candidates(*candidates):
    lines = "".join(f"a=candidate:{candidate}\r\n" for candidate in candidates)
    return OFFER.replace("a=mid:0\r\n", f"a=mid:0\r\n{lines}a=end-of-candidates\r\n")


def test_names_of_mdns_are_not_looked_up_and_no_end_is_told():
    near = "1 1 udp 2113937151 192.168.1.5 50000 typ host"
    sdp = Offer.read(with_candidates(near, "2 1 udp 2113937151 1b2c.local 50001 typ host", "3 1 tcp 1 192.168.1.5 9 typ host")).sdp
    assert [line for line in sdp.splitlines() if "candidate" in line] == [f"a=candidate:{near}"]


def test_not_more_than_thirty_two_addresses_are_tried():
    many = [f"{index} 1 udp 2113937151 10.0.0.{index} 50000 typ host" for index in range(200)]
    assert Offer.read(with_candidates(*many)).sdp.count("a=candidate") == 32


def test_a_line_that_says_no_direction_goes_both_ways():
    assert Offer.read(OFFER.replace("a=sendrecv\r\n", "")).sdp.count("a=sendrecv") == 1
