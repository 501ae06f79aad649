from voxhelm.serving.running import RunningRequests


def test_only_the_same_key_can_cancel_and_only_while_it_runs():
    running = RunningRequests()
    with running.running("id", "mine") as cancelled:
        assert running.cancel("id", "yours") == 0
        assert not cancelled.is_set()
        assert running.cancel("id", "mine") == 1
        assert cancelled.is_set()
    assert running.cancel("id", "mine") == 0


def test_several_requests_may_share_an_id():
    running = RunningRequests()
    with running.running("id", "k") as first, running.running("id", "k") as second:
        assert running.cancel("id", "k") == 2
        assert first.is_set()
        assert second.is_set()
