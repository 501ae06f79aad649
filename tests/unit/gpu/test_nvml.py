"""NVML's own errors and constants, on cards that the test makes up: there is no driver here."""

from types import SimpleNamespace

import pynvml
import pytest

from voxhelm.gpu.card import Card
from voxhelm.gpu.nvml import MISMATCH, NO_LIBRARY, NvmlSource


class Driver:
    """What NVML's functions look at."""

    def __init__(self, monkeypatch):
        self.version = "590.10"
        self.cards = [f"GPU-{letter}" for letter in "ab"]
        self.processes = [SimpleNamespace(pid=7, usedGpuMemory=100), SimpleNamespace(pid=8, usedGpuMemory=None)]
        self.faults = {}
        self.opened = 0
        answers = {
            "nvmlInit": self.open,
            "nvmlShutdown": self.close,
            "nvmlSystemGetDriverVersion": lambda: self.version,
            "nvmlDeviceGetCount": lambda: len(self.cards),
            "nvmlDeviceGetHandleByIndex": lambda index: self.cards[index],
            "nvmlDeviceGetUUID": lambda handle: handle,
            "nvmlDeviceGetName": lambda handle: "T4",
            "nvmlDeviceGetMemoryInfo": lambda handle: SimpleNamespace(total=1000, free=600, used=400),
            "nvmlDeviceGetComputeRunningProcesses": lambda handle: self.processes,
        }
        for name, answer in answers.items():
            monkeypatch.setattr(pynvml, name, self.answering(name, answer))

    def answering(self, name, answer):
        def answered(*arguments):
            fault = self.faults.get((name, *arguments), self.faults.get(name))
            if fault is not None:
                raise pynvml.NVMLError(fault)
            return answer(*arguments)

        return answered

    def open(self):
        self.opened += 1

    def close(self):
        self.opened -= 1


@pytest.fixture
def driver(monkeypatch):
    return Driver(monkeypatch)


def test_every_card_is_told_with_its_memory_and_who_holds_it(driver):
    facts = NvmlSource().read()
    assert facts.driver == "590.10"
    assert facts.absence is None
    assert facts.cards[0] == Card(0, "GPU-a", "T4", 1000, 600, 400, {7: 100, 8: None})
    assert [card.device for card in facts.cards] == ["cuda:0", "cuda:1"]
    assert facts.cards[0].bytes_of(7) == 100
    assert facts.cards[0].bytes_of(8) is None
    assert facts.card("cuda:1") is facts.cards[1]
    assert facts.card("cuda:2") is None


def test_without_a_driver_there_is_no_card_and_a_reason():
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError_LibraryNotFound:
        facts = NvmlSource().read()
        assert (facts.cards, facts.absence) == ((), NO_LIBRARY)
    else:
        pynvml.nvmlShutdown()
        pytest.skip("this machine has a driver")


def test_what_cannot_be_told_is_unknown_and_never_zero(driver):
    driver.faults["nvmlDeviceGetMemoryInfo"] = pynvml.NVML_ERROR_NOT_SUPPORTED
    card = NvmlSource().read().cards[0]
    assert (card.total_bytes, card.free_bytes, card.used_bytes, card.bytes_by_process) == (None, None, None, None)
    driver.faults = {"nvmlDeviceGetComputeRunningProcesses": pynvml.NVML_ERROR_NO_PERMISSION}
    card = NvmlSource().read().cards[0]
    assert (card.free_bytes, card.bytes_by_process) == (600, None)


@pytest.mark.parametrize("place", ["nvmlDeviceGetMemoryInfo", "nvmlDeviceGetHandleByIndex"])
def test_a_card_that_fell_off_the_bus_is_not_there_and_the_others_keep_their_names(driver, place):
    source = NvmlSource()
    source.read()
    driver.faults[(place, "GPU-a" if place.endswith("Info") else 0)] = pynvml.NVML_ERROR_GPU_IS_LOST
    assert [(card.device, card.uuid) for card in source.read().cards] == [("cuda:1", "GPU-b")]
    driver.faults = {}
    driver.cards = ["GPU-b"]  # now the driver counts anew
    assert [(card.device, card.uuid) for card in source.read().cards] == [("cuda:1", "GPU-b")]
    driver.cards = ["GPU-a", "GPU-b"]
    assert [card.device for card in source.read().cards] == ["cuda:0", "cuda:1"]


def test_when_the_driver_fails_known_cards_are_there_with_nothing_known(driver):
    source = NvmlSource()
    source.read()
    driver.faults["nvmlDeviceGetCount"] = pynvml.NVML_ERROR_UNKNOWN
    facts = source.read()
    assert "does not answer" in facts.absence
    assert [(card.device, card.total_bytes, card.free_bytes) for card in facts.cards] == [
        ("cuda:0", 1000, None),
        ("cuda:1", 1000, None),
    ]
    driver.faults = {}
    assert source.read().cards[0].free_bytes == 600
    assert driver.opened == 1


def test_a_driver_that_was_exchanged_is_told_of_and_opened_anew(driver):
    source = NvmlSource()
    source.read()
    driver.faults = {
        "nvmlSystemGetDriverVersion": pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH,
        "nvmlShutdown": pynvml.NVML_ERROR_UNKNOWN,
    }
    assert source.read().absence == MISMATCH
    driver.faults = {}
    driver.version = "600.1"
    assert source.read().driver == "600.1"


def test_cards_that_are_hidden_are_not_there(driver):
    assert [(card.device, card.uuid) for card in NvmlSource("1").read().cards] == [("cuda:0", "GPU-b")]
    facts = NvmlSource("").read()
    assert (facts.cards, facts.absence) == ((), "CUDA_VISIBLE_DEVICES is ''")
    driver.cards = []
    assert NvmlSource().read().absence == "the driver knows no card"
