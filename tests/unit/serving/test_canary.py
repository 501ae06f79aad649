import pytest

from voxhelm.serving.canary import is_due


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [(None, 0.0, True), (100.0, 100.0, False), (100.0, 159.0, False), (100.0, 160.0, True), (100.0, 50.0, True)],
)
def test_a_check_is_due_when_there_is_none_or_the_last_is_old_or_from_the_future(last, now, due):
    assert is_due(last, now, 60.0) is due
