import pytest

from voxhelm.composing.relays import relay_options
from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.sections.realtime import RealtimeSettings


def test_the_secret_of_relays_is_read(tmp_path):
    secret = tmp_path / "turn"
    secret.write_text("hush\n")
    options = relay_options(RealtimeSettings(turn_urls=("turn:relay.example:3478",), turn_secret_file=secret))
    assert options.turn_secret == "hush"
    assert "hush" not in repr(RealtimeSettings(turn_secret_file=secret))


@pytest.mark.parametrize("content", [None, " \n"])
def test_a_secret_that_is_not_there_is_refused(tmp_path, content):
    secret = tmp_path / "turn"
    if content is not None:
        secret.write_text(content)
    with pytest.raises(ConfigurationInvalid, match="turn_secret_file"):
        relay_options(RealtimeSettings(turn_urls=("turn:relay.example:3478",), turn_secret_file=secret))
