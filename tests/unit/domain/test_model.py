from voxhelm.domain.model import Placement


def test_a_placement_knows_which_card_it_is():
    assert (Placement("cuda:2").on_card, Placement("cuda:2").index) == (True, 2)
    assert (Placement("cuda").on_card, Placement("cuda").index) == (True, 0)
    assert (Placement().on_card, Placement().index) == (False, 0)
