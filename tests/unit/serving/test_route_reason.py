import pytest

from voxhelm.domain import errors
from voxhelm.serving.route_reason import RouteReason, counts_against, reason_of

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.VoxhelmError)]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if issubclass(kind, errors.BadRequest)], ids=lambda kind: kind.__name__)
def test_what_the_caller_must_change_is_no_reason_to_ask_another_model(kind):
    assert reason_of(kind("no"), when_queue_full=True) is None


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (errors.EngineCrashed, RouteReason.CRASHED),
        (errors.EngineFailed, RouteReason.FAILED),
        (errors.ModelLoadFailed, RouteReason.NOT_LOADED),
        (errors.DeviceUnusable, RouteReason.NOT_LOADED),
        (errors.InsufficientMemory, RouteReason.NO_ROOM),
        (errors.OutOfMemory, RouteReason.NO_ROOM),
        (errors.Unavailable, RouteReason.FAILED),
        (errors.DeadlineMissed, None),
        (errors.RequestCancelled, None),
        (errors.ShuttingDown, None),
        (errors.DiskFull, None),
        (errors.VoxhelmError, None),
    ],
)
def test_a_model_that_fails_is_one(kind, reason):
    assert reason_of(kind("no"), when_queue_full=False) is reason


def test_a_full_line_is_one_where_the_operator_says_so():
    assert reason_of(errors.QueueFull("full"), when_queue_full=False) is None
    assert reason_of(errors.QueueFull("full"), when_queue_full=True) is RouteReason.QUEUE_FULL
    assert not counts_against(RouteReason.QUEUE_FULL)
    assert counts_against(RouteReason.CRASHED)
