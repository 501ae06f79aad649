from voxhelm.gpu.card import Card
from voxhelm.residency.attribution import Attribution


def card(used, index=0):
    return Card(index, f"GPU-{index}", "T4", 1000, 1000 - used, used, {})


BEFORE = (card(100), card(100))


def test_what_a_load_added_is_known_after_two_looks():
    attribution = Attribution()
    attribution.began("m", "cuda:0", BEFORE)
    attribution.looked(card(250))  # still loading
    attribution.loaded("m")
    attribution.looked(card(400))
    assert attribution.bytes_of("m") is None
    attribution.looked(card(999, index=1))
    attribution.looked(card(400))
    assert attribution.bytes_of("m") == 300


def test_another_model_on_the_same_card_makes_it_unknown():
    attribution = Attribution()
    attribution.began("m", "cuda:0", BEFORE)
    attribution.loaded("m")
    attribution.began("n", "cuda:0", BEFORE)
    attribution.looked(card(400))
    attribution.looked(card(400))
    assert attribution.bytes_of("m") is None


def test_another_model_on_another_card_does_not():
    attribution = Attribution()
    attribution.began("m", "cuda:0", BEFORE)
    attribution.began("n", "cuda:1", None)
    attribution.loaded("m")
    attribution.looked(card(400))
    attribution.looked(card(400))
    assert attribution.bytes_of("m") == 300


def test_a_model_that_has_left_holds_nothing():
    attribution = Attribution()
    attribution.began("m", "cuda:0", BEFORE)
    attribution.loaded("m")
    attribution.looked(card(400))
    attribution.looked(card(400))
    attribution.gone("m", "cuda:0")
    assert attribution.bytes_of("m") is None
