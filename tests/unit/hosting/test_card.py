from voxhelm.domain.model import Placement
from voxhelm.hosting.card import environment_for, seen_from_inside

OURS = {"PATH": "/bin", "CUDA_VISIBLE_DEVICES": "1,0"}


def test_a_host_on_a_card_sees_that_one_and_calls_it_the_first():
    placed = Placement("cuda:1", "GPU-b")
    assert environment_for(placed, OURS) == {"PATH": "/bin", "CUDA_VISIBLE_DEVICES": "GPU-b", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    assert seen_from_inside(placed).device == "cuda:0"


def test_a_host_on_the_processor_sees_no_card():
    assert environment_for(Placement(), OURS)["CUDA_VISIBLE_DEVICES"] == ""
    assert seen_from_inside(Placement()) == Placement()


def test_a_card_without_a_name_is_found_by_its_number():
    placed = Placement("cuda:1")
    assert environment_for(placed, OURS)["CUDA_VISIBLE_DEVICES"] == "1,0"
    assert seen_from_inside(placed) is placed
