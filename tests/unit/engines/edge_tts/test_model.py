import pytest

from voxhelm.domain.errors import ParameterInvalid, VoiceNotFound
from voxhelm.domain.options import SynthesizeOptions
from voxhelm.engines.edge_tts.model import EdgeSynthesizer

VOICE = "bg-BG-KalinaNeural"


@pytest.mark.parametrize("speed", [0.25, 1.0, 4.0])
def test_speed_beyond_what_the_service_takes_is_stretched(service, speed):
    text = "Hello there, my dear old friend."
    pieces = EdgeSynthesizer().synthesize(text, SynthesizeOptions(VOICE, speed))
    assert sum(piece.pcm.duration_seconds for piece in pieces) == pytest.approx(len(text) * 0.048 / speed, rel=0.15)


def test_a_text_without_a_letter_is_not_sent(service):
    assert list(EdgeSynthesizer().synthesize("?! 🎉", SynthesizeOptions(VOICE))) == []
    assert service.texts == []


def test_what_is_wrong_is_refused_at_once():
    with pytest.raises(VoiceNotFound):
        EdgeSynthesizer().synthesize("Hello.", SynthesizeOptions("alloy"))
    with pytest.raises(ParameterInvalid):
        EdgeSynthesizer().synthesize("Hello.", SynthesizeOptions(VOICE, 5.0))
