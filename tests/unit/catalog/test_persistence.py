from hypothesis import given
from hypothesis import strategies as st

from voxhelm.catalog.persistence import LONGEST_PAUSE_SECONDS, MOST_FAILURES, is_worth_another_try, pause_seconds


@given(st.integers(1, MOST_FAILURES - 1), st.floats(0, 1))
def test_a_pause_is_between_half_and_all_of_its_step(failures, spread):
    step = min(LONGEST_PAUSE_SECONDS, 0.5 * 2 ** (failures - 1))
    assert step / 2 <= pause_seconds(failures, spread) <= step


def test_pauses_grow_and_have_an_end():
    pauses = [pause_seconds(failures, 1.0) for failures in range(1, MOST_FAILURES + 1)]
    assert pauses == [0.5, 1.0, 2.0, 4.0, None]


def test_a_server_is_left_alone_as_long_as_it_asks_within_reason():
    assert pause_seconds(1, 0.5, 7.0) == 7.0
    assert pause_seconds(1, 0.5, 3600.0) is None
    assert pause_seconds(MOST_FAILURES, 0.5, 1.0) is None


def test_only_what_may_be_gone_in_a_moment_is_tried_again():
    assert all(map(is_worth_another_try, (408, 429, 500, 502, 503, 504)))
    assert not any(map(is_worth_another_try, (400, 401, 403, 404, 410, 501)))
