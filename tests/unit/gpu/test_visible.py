import pytest

from voxhelm.gpu.visible import visible_positions

UUIDS = ("GPU-1a", "GPU-1b", "GPU-2c")


@pytest.mark.parametrize(
    ("visible", "positions"),
    [
        (None, (0, 1, 2)),
        ("", ()),
        ("2,0", (2, 0)),
        (" 1 , 2", (1, 2)),
        ("0,7,1", (0,)),
        ("-1,0", ()),
        ("0,0,1", (0,)),
        ("GPU-2,GPU-1b", (2, 1)),
        ("GPU-1", ()),
        ("MIG-something", ()),
    ],
)
def test_the_variable_is_read_as_cuda_reads_it(visible, positions):
    assert visible_positions(visible, UUIDS) == positions


def test_a_card_without_a_name_is_found_by_its_number():
    assert visible_positions("1", (None, None)) == (1,)
