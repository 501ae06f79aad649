"""The one place that says which class meets which."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_state_path
from starlette.types import ASGIApp

from voxhelm.api.services import Services
from voxhelm.catalog.cloned_voices import ClonedVoices
from voxhelm.catalog.egress import EgressPolicy
from voxhelm.catalog.engines import FoundEngines, find_engines
from voxhelm.catalog.hub_access import hub_access
from voxhelm.catalog.lexicon_file import lexicon_entries, read_lexicon
from voxhelm.catalog.models import Catalog
from voxhelm.catalog.names import known_names
from voxhelm.catalog.near import did_you_mean
from voxhelm.catalog.pull import Puller
from voxhelm.catalog.routes import RouteTable
from voxhelm.catalog.shelf import Shelf
from voxhelm.catalog.voices import LogicalVoice, VoiceBook
from voxhelm.composing.beginnings import Beginnings, require_known
from voxhelm.composing.realtime import RealtimeParts, compose_realtime
from voxhelm.config import Isolation, LogicalVoiceSettings, Settings
from voxhelm.domain.errors import ConfigurationInvalid, VoxhelmError
from voxhelm.domain.model import Capability, ModelSpec, Placement
from voxhelm.gpu.facts import CardFacts
from voxhelm.gpu.nvml import NvmlSource
from voxhelm.gpu.source import CardSource
from voxhelm.hosting.audited import AuditedHost
from voxhelm.hosting.host import Host
from voxhelm.hosting.inline import InlineHost
from voxhelm.hosting.process import ProcessHost
from voxhelm.identity.client_secrets import ClientSecrets
from voxhelm.identity.key import Key, digest_of
from voxhelm.identity.key_ring import KeyRing
from voxhelm.identity.scope import Scope
from voxhelm.kit.breaker import Breaker
from voxhelm.kit.clock import Clock, SystemClock
from voxhelm.kit.heap import Heap
from voxhelm.kit.loopback import is_loopback
from voxhelm.residency.cards import Cards
from voxhelm.residency.loading import Load
from voxhelm.residency.manager import Residency
from voxhelm.residency.measurements import Measurements
from voxhelm.residency.memory import Memory
from voxhelm.residency.planner import PlanOptions
from voxhelm.residency.preload import Preloader
from voxhelm.residency.state import Phase
from voxhelm.residency.warmup import warm_up
from voxhelm.serving.admission import Admission
from voxhelm.serving.canary import Canary
from voxhelm.serving.cloning import Cloning
from voxhelm.serving.control import ModelControl
from voxhelm.serving.examine import Examiner
from voxhelm.serving.hear import Listener
from voxhelm.serving.inventory import Inventory
from voxhelm.serving.line import LineOptions
from voxhelm.serving.narrator import KeepOptions, Narrator
from voxhelm.serving.quality_book import QualityBook
from voxhelm.serving.renewal import Renewal
from voxhelm.serving.route_board import RouteBoard
from voxhelm.serving.route_health import RouteOptions
from voxhelm.serving.route_steps import RouteSteps
from voxhelm.serving.routed_hearing import RoutedListener
from voxhelm.serving.routed_speech import RoutedSpeaker
from voxhelm.serving.routing import Routing
from voxhelm.serving.running import RunningRequests
from voxhelm.serving.script import Reading
from voxhelm.serving.speak import Speaker, SpeechOptions
from voxhelm.serving.turn_judging import TurnJudgement
from voxhelm.serving.voice_checker import CheckDesk, VoiceChecker
from voxhelm.serving.voice_verdict import QualityOptions
from voxhelm.serving.warming import Warming
from voxhelm.serving.weights import Weights
from voxhelm.serving.world import World
from voxhelm.store.results import Results
from voxhelm.telemetry.log import Log
from voxhelm.telemetry.metrics import Metrics
from voxhelm.text.lexicon import Lexicon


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
    narrator: Narrator
    turn_judgement: TurnJudgement
    warming: Warming
    canary: Canary | None = None

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Own the models while inside; on leaving, every one of them has been unloaded."""
        owner = asyncio.create_task(self.residency.run(), name="residency")
        beside = [
            asyncio.create_task(self.preloader.run(), name="preload"),
            asyncio.create_task(self.services.sessions.run(), name="sessions"),
            asyncio.create_task(Heap().run(), name="heap"),
        ]
        if self.canary is not None:
            beside.append(asyncio.create_task(self.canary.run(), name="canary"))
        try:
            yield
        finally:
            await self.services.sessions.drain(0.0)
            await self.warming.aclose()
            self.turn_judgement.close()
            for task in beside:
                task.cancel()
            self.residency.close()
            await asyncio.gather(*beside, return_exceptions=True)
            await owner
            self.encoding.shutdown()
            await self.narrator.aclose()


def compose(
    settings: Settings, log: Log, *, clock: Clock | None = None, cards: CardSource | None = None, keep_measurements: bool = True
) -> Voxhelm:
    """Put an instance together. Raises ConfigurationInvalid when a setting names what does not exist.

    cards: where facts about cards come from, else the driver. keep_measurements: whether what models need is remembered in the user's
    state directory.
    """
    clock = clock or SystemClock()
    cards = cards or NvmlSource(os.environ.get("CUDA_VISIBLE_DEVICES"))
    facts = cards.read()
    metrics, engines = Metrics(), _engines(settings, log)
    catalog = _catalog(settings, engines)
    cloned = ClonedVoices(settings.voices.cloned_directory, clock.unix_seconds)
    _require_steps(settings, catalog)
    book = _voice_book(settings, catalog, cloned)
    measurements = Measurements(user_state_path("voxhelm") / "measurements.json" if keep_measurements else None)
    beginnings = Beginnings(settings.models, catalog, facts, measurements)
    memory = Memory(measurements, _cards(settings, cards, facts))
    residency = _residency(settings, catalog, beginnings, memory, (clock, metrics, log))
    warm = _warmer(book, catalog)
    preloader = Preloader(_preloads(settings, catalog), residency, warm, log)
    encoding = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="voxhelm-encode")
    admission = Admission(_line_options(settings), metrics, clock)
    speaker = Speaker(_speech_options(settings), book, residency, admission, encoding, metrics, clock)
    listener = Listener(catalog, residency, admission, metrics, clock)
    examiner = Examiner(catalog, residency, admission)
    inventory = Inventory(catalog, book, residency, preloader, int(time.time()))
    control = ModelControl(catalog, residency, warm)
    renewal, warming = Renewal(catalog, book, residency, beginnings.of, log), _warming(control, catalog, residency, beginnings, log)
    weights = _weights(settings, catalog, renewal, clock, log)
    narrator = _narrator(settings, speaker, catalog, metrics, clock, log)
    cloning = Cloning(cloned, book, examiner, narrator, log)
    judged = _quality_book(settings, keep=keep_measurements)
    checker = VoiceChecker(catalog, book, speaker, listener, judged, metrics, _check_desk(settings, clock))
    steps = RouteSteps(catalog, book)
    routing = Routing(_route_options(settings), lambda: judged.degraded, metrics, clock, log)
    says, hears = RoutedSpeaker(narrator, speaker, book, steps, routing), RoutedListener(listener, listener, steps, routing)
    judgement = TurnJudgement(catalog, residency, admission, metrics, clock, log)
    parts = RealtimeParts(catalog, residency, says, hears, listener, speaker, judgement, warming, metrics, clock, log)
    sessions = compose_realtime(settings.realtime, parts)
    keys, secrets, board = _key_ring(settings, clock, log), ClientSecrets(clock), RouteBoard(steps, routing, clock)
    services = Services(
        says,
        hears,
        examiner,
        cloning,
        inventory,
        RunningRequests(),
        control,
        weights,
        metrics,
        keys,
        board,
        checker,
        secrets,
        sessions,
    )
    canary = Canary(checker, steps, settings.quality.canary_interval_seconds, clock, log) if settings.quality.canary else None
    return Voxhelm(services, engines, catalog, residency, preloader, encoding, clock, log, narrator, judgement, warming, canary)


def _residency(
    settings: Settings, catalog: Catalog, beginnings: Beginnings, memory: Memory, told: tuple[Clock, Metrics, Log]
) -> Residency:
    clock, metrics, log = told
    load = _loader(settings, catalog, log, metrics)
    return Residency(beginnings.all(), _plan_options(settings), memory, load, clock, metrics, log)


def _weights(settings: Settings, catalog: Catalog, renewal: Renewal, clock: Clock, log: Log) -> Weights:
    shelf = Shelf(settings.models.directory)
    return Weights(compose_puller(settings, clock), shelf, catalog, renewal, named_in_settings(settings), log)


def _check_desk(settings: Settings, clock: Clock) -> CheckDesk:
    return CheckDesk(_quality_options(settings), clock, settings.speech.default_language)


def _quality_book(settings: Settings, *, keep: bool) -> QualityBook:
    return QualityBook(user_state_path("voxhelm") / "voice_quality.json" if keep else None, _quality_options(settings))


def _warmer(book: VoiceBook, catalog: Catalog) -> Callable[[Host], Awaitable[None]]:
    """What makes a loaded model work once."""

    async def warm(host: Host) -> None:
        spec = host.spec
        if spec.egress_host is not None:
            return  # nothing to warm here, and nothing leaves the LAN that nobody asked for
        voice = book.any_voice(spec).id if spec.capability is Capability.SPEECH else None
        await warm_up(host, voice=voice, input_rate_hz=catalog.engine_of(spec.id).capabilities.input_rate_hz)

    return warm


def _engines(settings: Settings, log: Log) -> FoundEngines:
    engines = find_engines(settings.models.extra_engines, settings.models.interpreters)
    for name, reason in engines.broken.items():
        log.warning("engine cannot be used", engine=name, reason=reason)
    return engines


def _quality_options(settings: Settings) -> QualityOptions:
    wanted = settings.quality
    by_voice = tuple(wanted.word_error_limit_by_voice.items())
    return QualityOptions(wanted.word_error_limit, wanted.margin, wanted.bad_checks, wanted.good_checks, by_voice)


def _route_options(settings: Settings) -> RouteOptions:
    wanted = settings.routes
    return RouteOptions(
        wanted.attempts,
        wanted.on_named,
        wanted.when_queue_full,
        wanted.window_seconds,
        wanted.first_segment_seconds,
        Breaker(wanted.tolerated_failures, wanted.pause_seconds, wanted.longest_pause_seconds),
    )


def _routes(settings: Settings) -> RouteTable:
    wanted = {Capability.SPEECH: settings.routes.speech, Capability.TRANSCRIPTION: settings.routes.transcription}
    return RouteTable(wanted, settings.models.aliases)


def _require_steps(settings: Settings, catalog: Catalog) -> None:
    """Raises ConfigurationInvalid for a step that is no model, installed or to be pulled, or one for something else."""
    for capability, by_language in (("speech", settings.routes.speech), ("transcription", settings.routes.transcription)):
        for language, names in by_language.items():
            for name in names:
                found = catalog.known_step(name)
                setting = f"'routes.{capability}.{language}'"
                if found is None:
                    near = did_you_mean(name, [*(spec.id for spec in catalog.models), *settings.models.aliases, *known_names()])
                    raise ConfigurationInvalid(f"{setting} names '{name}', which is no model.{near} `voxhelm models` lists them.")
                if isinstance(found, ModelSpec) and found.capability.value != capability:
                    raise ConfigurationInvalid(f"{setting} names '{name}', which is for {found.capability.value}.")


def compose_app(voxhelm: Voxhelm, settings: Settings) -> ASGIApp:
    """The web application of an instance; its lifespan runs the instance."""
    # Commands that do their work themselves have no web application, and shall not wait for its modules.
    from voxhelm.api.access import AccessOptions
    from voxhelm.api.app import ApiOptions, create_app
    from voxhelm.api.known_hosts import KnownHosts
    from voxhelm.composing.calls import call_options
    from voxhelm.composing.relays import relay_options

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncGenerator[None]:
        async with voxhelm.running():
            yield

    server = settings.server
    # Where others reach it, its names are theirs to choose; and where every page may call, there is nothing left to hold off.
    alone = is_loopback(server.host) and "*" not in server.allow_origins
    known_hosts = KnownHosts((*server.allow_hosts, socket.gethostname())) if alone else None
    access = AccessOptions(settings.identity.public_lists, settings.identity.public_metrics, known_hosts)
    options = ApiOptions(
        console_directory(),
        server.longest_upload_bytes,
        version("voxhelm"),
        server.allow_model_changes,
        access,
        server.ready_paths,
        server.allow_origins,
        relay_options(settings.realtime),
        call_options(settings.realtime),
        settings.speech.default_format,
    )
    return create_app(voxhelm.services, options, voxhelm.clock, voxhelm.log, lifespan)


def compose_puller(settings: Settings, clock: Clock) -> Puller:
    """What installs models, by itself: it works with settings that name models which are yet to come. Raises ConfigurationInvalid."""
    models = settings.models
    access = hub_access(models.hub_url, models.hub_token_file, os.environ, offline=models.offline)
    return Puller(Shelf(models.directory), access, clock.unix_seconds)


def _line_options(settings: Settings) -> LineOptions:
    admission = settings.admission
    return LineOptions(admission.in_flight_per_model, admission.queue_per_model, admission.promotion_seconds)


def _narrator(settings: Settings, speaker: Speaker, catalog: Catalog, metrics: Metrics, clock: Clock, log: Log) -> Narrator:
    cache = settings.cache
    results = Results(cache.directory, cache.limit_bytes, clock.unix_seconds) if cache.limit_bytes else None
    return Narrator(speaker, results, _world(settings, catalog, clock), catalog, KeepOptions(cache.cloud), metrics, log)


def _world(settings: Settings, catalog: Catalog, clock: Clock) -> World:
    """Whatever of the settings bears on how a text sounds: all that is said of speech, voices and models, and the files it names."""
    told = [section.model_dump() for section in (settings.speech, settings.voices, settings.models, settings.routes)]
    files = [value for section in told for value in section.values() if isinstance(value, Path)]
    return World(catalog, settings.models.directory, [repr(section) for section in told], files, clock)


def _warming(control: ModelControl, catalog: Catalog, residency: Residency, beginnings: Beginnings, log: Log) -> Warming:
    def worthwhile(model_id: str) -> bool:
        spec = catalog.find(model_id)
        # What others are paid for is theirs to keep warm; and what leaves at once is loaded for whoever uses it.
        worth = spec is not None and spec.egress_host is None and beginnings.time_to_live_seconds(spec) != 0
        return worth and residency.phase(model_id) is Phase.UNLOADED

    return Warming(control.load, worthwhile, log)


def _key_ring(settings: Settings, clock: Clock, log: Log) -> KeyRing:
    identity = settings.identity
    if "key_files" in identity.model_fields_set:
        # Somebody wants keys to be asked for, and shall not get an open server because of a path that leads nowhere.
        for path in identity.key_files:
            if not path.is_file():
                raise ConfigurationInvalid(
                    f"'identity.key_files' names {path}, and there is no such file. `voxhelm keys create` makes one."
                )
    given = [
        Key(name, digest_of(os.environ[name]), frozenset({Scope.ADMIN})) for name in identity.key_variables if os.environ.get(name)
    ]
    return KeyRing(identity.key_files, clock, log, given)


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


def _catalog(settings: Settings, engines: FoundEngines) -> Catalog:
    egress, models = EgressPolicy(settings.egress.allow_cloud), settings.models
    return Catalog(
        engines.working,
        models.directory,
        models.aliases,
        egress,
        models.settings_by_model,
        models.settings_by_engine,
        _routes(settings),
    )


def _speech_options(settings: Settings) -> SpeechOptions:
    """Raises ConfigurationInvalid naming the entry of a lexicon that is wrong."""
    speech = settings.speech
    own = lexicon_entries(speech.lexicon, "'speech.lexicon'")
    shared = read_lexicon(speech.lexicon_file) if speech.lexicon_file is not None else ()
    reading = Reading(Lexicon([*own, *shared]), speech.normalize)
    return SpeechOptions(speech.longest_text_characters, speech.default_language, reading, speech.even_loudness)


def _voice_book(settings: Settings, catalog: Catalog, cloned: ClonedVoices) -> VoiceBook:
    logical = {name: _logical(one) for name, one in settings.voices.logical.items()}
    book = VoiceBook(catalog, logical, settings.voices.openai, cloned)
    if any(spec.capability is Capability.SPEECH for spec in catalog.models):
        for name, voice in logical.items():
            for language in (settings.speech.default_language, *voice.by_language):
                try:
                    book.choose(name, "auto", lambda language=language: [language])  # type: ignore[misc]
                except VoxhelmError as error:
                    raise ConfigurationInvalid(
                        f"'voices.logical.{name}' cannot be used: {error.message} `voxhelm doctor` says what engines lack."
                    ) from error
    return book


def _logical(voice: LogicalVoiceSettings) -> LogicalVoice:
    by_language = {language: LogicalVoice(one.model, one.voice) for language, one in (voice.by_language or {}).items()}
    return LogicalVoice(voice.model, voice.voice, voice.language, by_language)


def _plan_options(settings: Settings) -> PlanOptions:
    models = settings.models
    return PlanOptions(models.memory_budget_bytes, models.hold_seconds, models.patience_seconds, models.card_hold_seconds)


def _cards(settings: Settings, source: CardSource, facts: CardFacts) -> Cards | None:
    """Nobody looks for cards for ever on a machine that had none at the start."""
    models = settings.models
    return Cards(source, facts, models.memory_budget_bytes, models.card_hold_seconds) if facts.cards else None


def _preloads(settings: Settings, catalog: Catalog) -> tuple[str, ...]:
    # What is pulled by a name may be preloaded by it.
    found = {name: catalog.find(name) for name in settings.models.preload}
    model_ids = tuple(spec.id if spec is not None else name for name, spec in found.items())
    require_known(model_ids, catalog, "models.preload")
    return model_ids


def _loader(settings: Settings, catalog: Catalog, log: Log, metrics: Metrics) -> Load:
    async def load(spec: ModelSpec, placement: Placement) -> Host:
        host: Host
        interpreter = catalog.interpreter_of(spec.id)
        # What is loaded by another interpreter cannot be in this process, whatever is set.
        if settings.models.isolation is Isolation.PROCESS or interpreter is not None:
            host = await ProcessHost.load(catalog.reference_of(spec.id), spec, placement, interpreter)
        else:
            host = await InlineHost.load(catalog.engine_of(spec.id), spec, placement)
        return host if spec.egress_host is None else AuditedHost(host, log, metrics)

    return load
