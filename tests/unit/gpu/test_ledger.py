from hypothesis import given
from hypothesis import strategies as st

from voxhelm.gpu.card import Card
from voxhelm.gpu.ledger import budget_bytes, difference_bytes, has_returned


def card(used, processes=None, total=1000):
    free = None if used is None else total - used
    return Card(0, "GPU-a", "T4", total, free, used, processes)


def test_without_a_named_budget_it_is_what_is_free_and_what_we_hold():
    assert budget_bytes(card(400), 100, None) == 700


def test_a_named_budget_holds_and_so_do_the_others_on_the_card():
    assert budget_bytes(card(400), 100, 500) == 500
    assert budget_bytes(card(900), 100, 500) == 200


def test_where_nobody_knows_what_is_free_only_a_named_budget_lets_anything_in():
    assert budget_bytes(card(None), 100, None) is None
    assert budget_bytes(card(None), 100, 500) == 500


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 1000))
def test_what_others_hold_is_never_promised_to_us(ours, others, named):
    if ours + others <= 1000:
        assert budget_bytes(card(ours + others), ours, named) + others <= 1000


def still(used, processes):
    return card(used, processes), card(used, processes)


def test_a_difference_counts_when_nothing_else_has_changed():
    assert difference_bytes(still(100, {}), still(400, {})) == 300
    assert difference_bytes(still(100, {5: 100}), still(400, {5: 100, 77: 300})) == 300


def test_a_difference_is_unknown_when_anything_else_has_changed():
    assert difference_bytes((card(90, {}), card(100, {})), still(400, {})) is None
    assert difference_bytes(still(100, {}), (card(400, {}), card(410, {}))) is None
    assert difference_bytes(still(100, {5: 100}), still(400, {5: 150})) is None
    assert difference_bytes(still(100, {5: 100}), still(400, {})) is None
    assert difference_bytes(still(100, {}), still(400, {6: 100, 7: 200})) is None


def test_a_difference_is_unknown_where_the_card_tells_too_little():
    assert difference_bytes(still(100, None), still(400, {})) is None
    assert difference_bytes(still(None, {}), still(400, {})) is None
    assert difference_bytes(still(400, {}), still(400, {})) is None


def test_memory_has_returned_when_the_process_is_gone_and_the_bytes_are_free():
    before = card(500, {7: 300, 9: 200})
    assert has_returned(before, card(200, {9: 200}), 7, 300) is True
    assert has_returned(before, card(500, {7: 300, 9: 200}), 7, 300) is False
    assert has_returned(before, card(480, {9: 200}), 7, 300) is False


def test_what_another_process_took_meanwhile_is_not_held_against_it():
    before = card(500, {7: 300, 9: 200})
    assert has_returned(before, card(600, {9: 200, 10: 400}), 7, 300) is True
    assert has_returned(before, card(500, {9: 500}), 7, 300) is True


def test_whether_it_has_returned_is_unknown_on_a_card_that_tells_nothing():
    assert has_returned(card(500, {}), card(None), 7, 300) is None
    assert has_returned(card(None), card(200, {}), 7, 300) is None
