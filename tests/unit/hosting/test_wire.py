from voxhelm.domain.errors import Unavailable, VoiceNotFound
from voxhelm.hosting import wire
from voxhelm.hosting.process import _error_of


def arrived(error):
    frame = wire.encode(wire.fault_of(7, error))
    return _error_of(wire.decode_for_server(frame[wire.HEADER.size :]))


def test_an_error_keeps_what_it_says_on_its_way():
    error = arrived(VoiceNotFound("There is no voice 'x'.", param="voice"))
    assert isinstance(error, VoiceNotFound)
    assert (error.message, error.param, error.retry_after_seconds) == ("There is no voice 'x'.", "voice", None)


def test_an_error_keeps_when_to_come_back():
    error = arrived(Unavailable("Not now.", retry_after_seconds=2.5))
    assert isinstance(error, Unavailable)
    assert error.retry_after_seconds == 2.5
