from voxhelm.realtime.ration import Ration


def test_no_more_than_there_are():
    ration = Ration(2)
    assert [ration.take() for _ in range(3)] == [True, True, False]
    ration.give_back()
    assert ration.take()


def test_of_nothing_nobody_has_any():
    assert not Ration(0).take()
