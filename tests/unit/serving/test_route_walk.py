from hypothesis import given
from hypothesis import strategies as st

from voxhelm.serving.route_reason import RouteReason
from voxhelm.serving.route_walk import Walk

FAILED = RouteReason.FAILED


def test_a_walk_goes_on_until_so_many_were_tried():
    walk = Walk(3).after("a", FAILED, 0.0)
    assert walk.reasons == {"a": FAILED}
    walk = walk.after("b", RouteReason.NO_ROOM, 0.0)
    assert walk.left == (("a", FAILED), ("b", RouteReason.NO_ROOM))
    assert walk.after("c", FAILED, 0.0) is None


def test_nobody_is_tried_twice():
    assert Walk(9).after("a", FAILED, 0.0).after("a", FAILED, 0.0) is None


def test_a_walk_is_over_with_the_callers_patience():
    walk = Walk(9, ends_at_seconds=10.0)
    assert walk.after("a", FAILED, 10.0) is None
    assert walk.after("a", FAILED, 9.0).patience_seconds(9.5) == 0.5
    assert Walk(9).patience_seconds(1e9) is None


@given(
    st.integers(1, 5),
    st.none() | st.floats(0, 100),
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(RouteReason), st.floats(0, 20)), min_size=20, max_size=20),
)
def test_every_walk_ends(attempts, ends_at, steps):
    walk, now, tried = Walk(attempts, ends_at), 0.0, 0
    for model, reason, seconds in steps:
        now += seconds
        tried += 1
        walk = walk.after(model, reason, now)
        if walk is None:
            break
        assert ends_at is None or now < ends_at
    assert walk is None
    assert tried <= attempts
