import pytest
from pydantic import ValidationError

from voxhelm.sections.realtime import RealtimeSettings


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"turn_urls": ("turn:relay.example",)}, "turn_secret_file"),
        ({"assistant": "scripted"}, "script_file"),
        ({"udp_ports": "40000"}, "udp_ports"),
        ({"sessions_per_key": 0}, "sessions_per_key"),
        ({"max_sesions": 1}, "max_sesions"),
    ],
)
def test_what_cannot_be_meant_is_refused(given, told):
    with pytest.raises(ValidationError, match=told):
        RealtimeSettings(**given)


def test_paths_may_begin_at_home():
    assert not str(RealtimeSettings(hand_over_directory="~/left").hand_over_directory).startswith("~")
    assert not str(RealtimeSettings(script_file="~/script.yaml").script_file).startswith("~")
