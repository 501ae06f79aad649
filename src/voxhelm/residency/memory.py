"""What models hold and have held, and what there is for them."""

from collections.abc import Iterable, Mapping

from voxhelm.hosting.host import Host
from voxhelm.residency.card_room import CardRoom
from voxhelm.residency.cards import Cards
from voxhelm.residency.measurements import Measurements, peak_resident_bytes
from voxhelm.residency.place import Place
from voxhelm.residency.planner import NO_CARDS
from voxhelm.residency.state import ModelState
from voxhelm.residency.usage import Usage


class Memory:
    """The owner loop's view of memory: the host's and the cards'."""

    def __init__(self, measurements: Measurements, cards: Cards | None = None) -> None:
        """measurements: where peaks are kept. cards: None on a machine without."""
        self._measurements = measurements
        self._load_seconds: dict[str, float] = {}
        self.cards = cards

    def room(self, models: Iterable[ModelState], hosts: Mapping[str, Host], now_seconds: float) -> CardRoom:
        """What may be used of the cards now."""
        if self.cards is None:
            return NO_CARDS
        return self.cards.room(models, {model_id: host.process_id for model_id, host in hosts.items()}, now_seconds)

    def loading(self, model_id: str, place: Place) -> None:
        """A model is being loaded there."""
        if self.cards is not None and place.on_card:
            self.cards.attribution.began(model_id, place.device, self.cards.before(place.device))

    def loaded(self, model_id: str, place: Place, seconds: float) -> None:
        """It has been, and that took so long."""
        self._load_seconds[model_id] = round(seconds, 3)
        if self.cards is not None and place.on_card:
            self.cards.attribution.loaded(model_id)
            self.cards.disturb(place.device)

    def gone(self, model_id: str, place: Place) -> None:
        """It is there no more, or never came to be."""
        if self.cards is not None and place.on_card:
            self.cards.attribution.gone(model_id, place.device)
            self.cards.disturb(place.device)

    def measure(self, model: ModelState, host: Host, now_unix_seconds: float) -> Mapping[str, int]:
        """Look at what a loaded model holds and has held, and remember its peaks; returns what is to be reserved for it instead."""
        if model.place is None:
            return {}
        peaks = self._peaks(model.model_id, model.place, host)
        load_seconds = self._load_seconds.get(model.model_id, 0.0)
        if not peaks or not self._measurements.record(model.model_id, model.place.device, peaks, load_seconds, now_unix_seconds):
            return {}
        reserved = model.bytes_by_device
        return {device: max(peak_bytes, reserved.get(device, 0)) for device, peak_bytes in peaks.items()}

    def usage(self, model: ModelState) -> tuple[Usage, ...]:
        """What a model was thought to take and has been seen to take, at each of its places and on each device that it needs there."""
        return tuple(usage for place in model.places for usage in self._usage_at(model.model_id, place))

    def _usage_at(self, model_id: str, place: Place) -> Iterable[Usage]:
        known = self._measurements.of(model_id, place.device)
        measured = known.peak_bytes_by_device if known is not None else {}
        for device in sorted({*place.declared_bytes_by_device, *measured}, key=lambda device: (device != place.device, device)):
            yield Usage(
                placed_on=place.device,
                device=device,
                declared_bytes=place.declared_bytes_by_device.get(device),
                measured_bytes=measured.get(device),
                measured_unix_seconds=known.measured_unix_seconds if known is not None and device in measured else None,
                load_seconds=known.load_seconds if known is not None else None,
            )

    def _peaks(self, model_id: str, place: Place, host: Host) -> Mapping[str, int]:
        peaks: dict[str, int] = {}
        resident_bytes = peak_resident_bytes(host.process_id) if host.process_id is not None else None
        if resident_bytes is not None:
            peaks["cpu"] = resident_bytes
        card_bytes = self.cards.bytes_of(model_id, place.device, host.process_id) if self.cards and place.on_card else None
        if card_bytes is not None:
            peaks[place.device] = card_bytes
        return peaks
