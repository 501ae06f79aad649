"""The one place that says which class meets which."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from platformdirs import user_state_path
from starlette.types import ASGIApp

from voxhelm.api.app import ApiOptions, create_app
from voxhelm.api.services import Services
from voxhelm.catalog.egress import EgressPolicy
from voxhelm.catalog.engines import FoundEngines, find_engines
from voxhelm.catalog.hub_access import hub_access
from voxhelm.catalog.models import Catalog
from voxhelm.catalog.pull import Puller
from voxhelm.catalog.shelf import Shelf
from voxhelm.catalog.voices import LogicalVoice, VoiceBook
from voxhelm.config import Isolation, Settings
from voxhelm.domain.errors import ConfigurationInvalid, EgressForbidden, VoxhelmError
from voxhelm.domain.model import Capability, ModelSpec, Placement
from voxhelm.hosting.audited import AuditedHost
from voxhelm.hosting.host import Host
from voxhelm.hosting.inline import InlineHost
from voxhelm.hosting.process import ProcessHost
from voxhelm.kit.clock import Clock, SystemClock
from voxhelm.residency.manager import Residency
from voxhelm.residency.measurements import Measurements
from voxhelm.residency.planner import PlanOptions
from voxhelm.residency.preload import Preloader
from voxhelm.residency.state import ModelState
from voxhelm.residency.warmup import warm_up
from voxhelm.serving.admission import Admission
from voxhelm.serving.control import ModelControl
from voxhelm.serving.hear import Listener
from voxhelm.serving.inventory import Inventory
from voxhelm.serving.line import LineOptions
from voxhelm.serving.renewal import Renewal
from voxhelm.serving.running import RunningRequests
from voxhelm.serving.speak import Speaker, SpeechOptions
from voxhelm.serving.weights import Weights
from voxhelm.telemetry.log import Log
from voxhelm.telemetry.metrics import Metrics

# What a host holds before a model is in it: an interpreter, numpy and our own code. Footprints are on top of it.
EMPTY_HOST_BYTES: Final = 32 * 1024**2


@dataclass(frozen=True, slots=True)
class Voxhelm:
    """One instance, put together and not yet running."""

    services: Services
    engines: FoundEngines
    catalog: Catalog
    residency: Residency
    preloader: Preloader
    encoding: ThreadPoolExecutor
    clock: Clock
    log: Log

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Own the models while inside; on leaving, every one of them has been unloaded."""
        owner = asyncio.create_task(self.residency.run(), name="residency")
        preloading = asyncio.create_task(self.preloader.run(), name="preload")
        try:
            yield
        finally:
            preloading.cancel()
            self.residency.close()
            await asyncio.gather(preloading, return_exceptions=True)
            await owner
            self.encoding.shutdown()


def compose(settings: Settings, log: Log, *, clock: Clock | None = None, keep_measurements: bool = True) -> Voxhelm:
    """Put an instance together. Raises ConfigurationInvalid when a setting names what does not exist.

    keep_measurements: whether what models need is remembered in the user's state directory.
    """
    clock = clock or SystemClock()
    metrics = Metrics()
    engines = find_engines(settings.models.extra_engines, settings.models.interpreters)
    for name, reason in engines.broken.items():
        log.warning("engine cannot be used", engine=name, reason=reason)
    egress = EgressPolicy(settings.egress.allow_cloud)
    catalog = Catalog(
        engines.working, settings.models.directory, settings.models.aliases, egress, settings.models.settings_by_model
    )
    book = _voice_book(settings, catalog)
    measurements = Measurements(user_state_path("voxhelm") / "measurements.json" if keep_measurements else None)
    residency = Residency(
        _initial_states(settings, catalog, measurements),
        PlanOptions(settings.models.memory_budget_bytes, settings.models.hold_seconds, settings.models.patience_seconds),
        measurements,
        _loader(settings, catalog, log, metrics),
        clock,
        metrics,
        log,
    )

    async def warm(host: Host) -> None:
        spec = host.spec
        if spec.egress_host is not None:
            return  # nothing to warm here, and nothing leaves the LAN that nobody asked for
        voice = book.any_voice(spec).id if spec.capability is Capability.SPEECH else None
        await warm_up(host, voice=voice, input_rate_hz=catalog.engine_of(spec.id).capabilities.input_rate_hz)

    preloader = Preloader(_preloads(settings, catalog), residency, warm, log)
    encoding = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="voxhelm-encode")
    options = SpeechOptions(settings.speech.longest_text_characters, settings.speech.default_language)
    admission = Admission(
        LineOptions(
            settings.admission.in_flight_per_model, settings.admission.queue_per_model, settings.admission.promotion_seconds
        ),
        metrics,
        clock,
    )
    speaker = Speaker(options, book, residency, admission, encoding, metrics, clock)
    listener = Listener(catalog, residency, admission, metrics, clock)
    inventory = Inventory(catalog, book, residency, preloader, int(time.time()))
    control = ModelControl(catalog, residency, warm)
    renewal = Renewal(catalog, book, residency, lambda spec: _state_of(spec, settings, catalog, measurements))
    shelf = Shelf(settings.models.directory)
    weights = Weights(compose_puller(settings, clock), shelf, catalog, renewal, named_in_settings(settings), log)
    services = Services(speaker, listener, inventory, RunningRequests(), control, weights, metrics)
    return Voxhelm(services, engines, catalog, residency, preloader, encoding, clock, log)


def compose_app(voxhelm: Voxhelm, settings: Settings) -> ASGIApp:
    """The web application of an instance; its lifespan runs the instance."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        async with voxhelm.running():
            yield

    server = settings.server
    options = ApiOptions(console_directory(), server.longest_upload_bytes, version("voxhelm"), server.allow_model_changes)
    return create_app(voxhelm.services, options, voxhelm.clock, voxhelm.log, lifespan)


def compose_puller(settings: Settings, clock: Clock) -> Puller:
    """What installs models, by itself: it works with settings that name models which are yet to come. Raises ConfigurationInvalid."""
    models = settings.models
    access = hub_access(models.hub_url, models.hub_token_file, os.environ, offline=models.offline)
    return Puller(Shelf(models.directory), access, clock.unix_seconds)


def named_in_settings(settings: Settings) -> Mapping[str, str]:
    """The models without which the server would not start, each with a setting that names it."""
    models = settings.models
    named = {one.model: f"voices.logical.{name}" for name, one in settings.voices.logical.items() if one.model is not None}
    named |= dict.fromkeys(models.time_to_live_seconds_by_model, "models.time_to_live_seconds_by_model")
    named |= dict.fromkeys(models.priority_by_model, "models.priority_by_model")
    named |= dict.fromkeys(models.settings_by_model, "models.settings_by_model")
    named |= dict.fromkeys(models.pinned, "models.pinned")
    return named | dict.fromkeys(models.preload, "models.preload")


def console_directory() -> Path:
    """Where the console's files are: inside the installed package, or beside the sources."""
    package = Path(__file__).parent
    inside = package / "console"
    return inside if inside.is_dir() else package.parent.parent / "console"


def _voice_book(settings: Settings, catalog: Catalog) -> VoiceBook:
    logical = {name: LogicalVoice(one.model, one.voice, one.language) for name, one in settings.voices.logical.items()}
    book = VoiceBook(catalog, logical, settings.voices.openai)
    if any(spec.capability is Capability.SPEECH for spec in catalog.models):
        for name in logical:
            try:
                book.choose(name, "auto", lambda: [settings.speech.default_language])
            except VoxhelmError as error:
                raise ConfigurationInvalid(f"'voices.logical.{name}' cannot be used: {error.message}") from error
    return book


def _initial_states(settings: Settings, catalog: Catalog, measurements: Measurements) -> Iterable[tuple[ModelSpec, ModelState]]:
    wanted = settings.models
    _require_known(wanted.time_to_live_seconds_by_model, catalog, "models.time_to_live_seconds_by_model")
    _require_known(wanted.pinned, catalog, "models.pinned")
    _require_known(wanted.priority_by_model, catalog, "models.priority_by_model")
    _require_known(wanted.settings_by_model, catalog, "models.settings_by_model")
    for spec in catalog.models:
        yield spec, _state_of(spec, settings, catalog, measurements)


def _state_of(spec: ModelSpec, settings: Settings, catalog: Catalog, measurements: Measurements) -> ModelState:
    """The state in which a model begins."""
    wanted = settings.models
    time_to_live_seconds = wanted.time_to_live_seconds_by_model.get(spec.id, wanted.time_to_live_seconds)
    measured = measurements.of(spec.id)
    bytes_by_device = dict(catalog.engine_for(spec).footprint(spec, Placement()).bytes_by_device)
    bytes_by_device["cpu"] = bytes_by_device.get("cpu", 0) + EMPTY_HOST_BYTES
    if measured is not None:
        bytes_by_device |= measured.peak_bytes_by_device
    pinned, priority = spec.id in wanted.pinned, wanted.priority_by_model.get(spec.id, 0)
    return ModelState(spec.id, time_to_live_seconds, bytes_by_device, pinned, priority)


def _preloads(settings: Settings, catalog: Catalog) -> tuple[str, ...]:
    _require_known(settings.models.preload, catalog, "models.preload")
    return settings.models.preload


def _require_known(model_ids: Iterable[str], catalog: Catalog, setting: str) -> None:
    known = {spec.id for spec in catalog.models}
    for model_id in model_ids:
        try:
            catalog.require_allowed(model_id)
        except EgressForbidden as error:
            raise ConfigurationInvalid(f"'{setting}' cannot be used: {error.message}") from error
        if model_id not in known:
            raise ConfigurationInvalid(
                f"'{setting}' names '{model_id}', which is not installed. Installed: {', '.join(sorted(known))}."
            )


def _loader(settings: Settings, catalog: Catalog, log: Log, metrics: Metrics) -> Callable[[ModelSpec], Awaitable[Host]]:
    async def load(spec: ModelSpec) -> Host:
        host: Host
        interpreter = catalog.interpreter_of(spec.id)
        # What is loaded by another interpreter cannot be in this process, whatever is set.
        if settings.models.isolation is Isolation.PROCESS or interpreter is not None:
            host = await ProcessHost.load(catalog.reference_of(spec.id), spec, Placement(), interpreter)
        else:
            host = await InlineHost.load(catalog.engine_of(spec.id), spec, Placement())
        return host if spec.egress_host is None else AuditedHost(host, log, metrics)

    return load
