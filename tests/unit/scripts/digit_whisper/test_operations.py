import numpy as np
import pytest

pytest.importorskip("autograd")
from autograd import grad
from autograd.test_util import check_grads

from scripts.digit_whisper.operations import cross_entropy, gelu, heads, linear, normed, softmax, strided

RANDOM = np.random.default_rng(3)


def some(*shape):
    return RANDOM.standard_normal(shape)


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        (linear, (some(2, 4, 3), some(5, 3), some(5))),
        (normed, (some(2, 4, 6), some(6), some(6))),
        (gelu, (some(3, 4),)),
        (softmax, (some(2, 3, 5),)),
        (strided, (some(2, 6, 3),)),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_gradients_are_what_small_changes_say(operation, arguments):
    check_grads(operation, modes=["rev"], order=1)(*arguments)


@pytest.mark.parametrize("part", [0, 1, 2])
def test_the_gradient_of_a_part_goes_to_that_part(part):
    check_grads(lambda x: heads(x, part, 3, 2), modes=["rev"], order=1)(some(2, 5, 12))


def test_the_gradient_of_a_choice_is_what_was_expected_less_what_was_wanted():
    logits, wanted = some(4, 7), np.eye(7)[[0, 3, 3, 6]] * np.array([[1.0], [0.5], [0.0], [2.0]])
    slope = grad(cross_entropy)(logits, wanted)
    assert slope == pytest.approx(softmax(logits) * wanted.sum(axis=-1, keepdims=True) - wanted)


def test_a_stride_looks_at_both_neighbours_and_at_nothing_before_the_first():
    x = np.arange(1.0, 7.0).reshape(1, 6, 1)
    assert strided(x).tolist() == [[[0, 1, 2], [2, 3, 4], [4, 5, 6]]]
