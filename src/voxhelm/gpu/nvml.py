"""Facts from NVIDIA's management library, which every driver of theirs brings along."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any, Final

from voxhelm.gpu.card import Card
from voxhelm.gpu.facts import CardFacts
from voxhelm.gpu.visible import visible_positions

NO_LIBRARY: Final = "NVIDIA's driver is not installed: libnvidia-ml.so.1 is not there"
NOT_LOADED: Final = "NVIDIA's driver is installed and not loaded"
MISMATCH: Final = "NVIDIA's driver and its libraries are of different versions: restart the machine"


class NvmlSource:
    """A `CardSource` on NVML. It survives a missing driver, one that is exchanged, and cards that come and go."""

    def __init__(self, visible: str | None = None) -> None:
        """visible: the value of CUDA_VISIBLE_DEVICES, None when it is not set."""
        self._visible = visible
        self._open = False
        self._index_of: dict[str, int] = {}
        self._known: tuple[Card, ...] = ()

    def read(self) -> CardFacts:
        """As `CardSource`."""
        try:
            import pynvml  # type: ignore[import-untyped]
        except ImportError:
            return CardFacts(absence="the package nvidia-ml-py is not installed")
        try:
            if not self._open:
                pynvml.nvmlInit()
                self._open = True
            driver = str(pynvml.nvmlSystemGetDriverVersion())
            cards = tuple(self._cards(pynvml))
        except (pynvml.NVMLError, pynvml.NVMLLibraryMismatchError) as error:
            self._close(pynvml)
            blind = tuple(replace(card, free_bytes=None, used_bytes=None, bytes_by_process=None) for card in self._known)
            return CardFacts(blind, absence=_reason(pynvml, error))
        self._known = cards
        return CardFacts(cards, driver, None if cards else self._nothing())

    def _nothing(self) -> str:
        return "the driver knows no card" if self._visible is None else f"CUDA_VISIBLE_DEVICES is '{self._visible}'"

    def _close(self, nvml: ModuleType) -> None:
        """Begin anew with the next look: a driver that was exchanged does not answer through what was opened before."""
        if self._open:
            self._open = False
            try:
                nvml.nvmlShutdown()
            except nvml.NVMLError:
                return  # it is gone already

    def _cards(self, nvml: ModuleType) -> Iterator[Card]:
        handles = [_answer(nvml, nvml.nvmlDeviceGetHandleByIndex, position) for position in range(nvml.nvmlDeviceGetCount())]
        uuids = [None if handle is None else _text(_answer(nvml, nvml.nvmlDeviceGetUUID, handle)) for handle in handles]
        for rank, position in enumerate(visible_positions(self._visible, uuids)):
            card = self._look(nvml, handles[position], uuids[position], rank) if handles[position] is not None else None
            if card is not None:
                yield card

    def _look(self, nvml: ModuleType, handle: Any, uuid: str | None, rank: int) -> Card | None:
        """The card behind a handle; None when it has fallen off the bus."""
        try:
            memory = nvml.nvmlDeviceGetMemoryInfo(handle)
        except nvml.NVMLError as error:
            if error.value in (nvml.NVML_ERROR_GPU_IS_LOST, nvml.NVML_ERROR_RESET_REQUIRED):
                return None
            memory = None
        name = _text(_answer(nvml, nvml.nvmlDeviceGetName, handle)) or "a card"
        index = rank if uuid is None else self._index(uuid, rank)
        if memory is None:
            return Card(index, uuid, name)
        return Card(index, uuid, name, int(memory.total), int(memory.free), int(memory.used), _processes(nvml, handle))

    def _index(self, uuid: str, rank: int) -> int:
        """The index a card has had from the first look on: when one falls off the bus, the others are not called by its name."""
        if uuid not in self._index_of:
            taken = set(self._index_of.values())
            self._index_of[uuid] = next(index for index in (rank, *range(len(taken) + 1)) if index not in taken)
        return self._index_of[uuid]


def _processes(nvml: ModuleType, handle: Any) -> Mapping[int, int | None] | None:
    found = _answer(nvml, nvml.nvmlDeviceGetComputeRunningProcesses, handle)
    return None if found is None else {int(one.pid): one.usedGpuMemory for one in found}


def _answer(nvml: ModuleType, question: Any, subject: Any) -> Any:
    """What a function of NVML says; None when it cannot say."""
    try:
        return question(subject)
    except (nvml.NVMLError, nvml.NVMLLibraryMismatchError):
        return None


def _text(value: str | bytes | None) -> str | None:
    return value.decode() if isinstance(value, bytes) else value


def _reason(nvml: ModuleType, error: Exception) -> str:
    reasons = {
        nvml.NVML_ERROR_LIBRARY_NOT_FOUND: NO_LIBRARY,
        nvml.NVML_ERROR_DRIVER_NOT_LOADED: NOT_LOADED,
        nvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH: MISMATCH,
    }
    return reasons.get(getattr(error, "value", None), f"NVIDIA's driver does not answer: {error}")
