"""Puts realtime sessions together."""

from dataclasses import dataclass

from voxhelm.assistant.answer import Assistant
from voxhelm.assistant.assistants import Assistants
from voxhelm.assistant.echo import Echo
from voxhelm.assistant.script import read_script
from voxhelm.assistant.scripted import Scripted
from voxhelm.catalog.models import Catalog
from voxhelm.composing.session_models import SessionModels
from voxhelm.domain.errors import ConfigurationInvalid
from voxhelm.kit.clock import Clock
from voxhelm.realtime.judging import Judges
from voxhelm.realtime.limits import SessionLimits
from voxhelm.realtime.live_hearing import Ears
from voxhelm.realtime.ration import Ration
from voxhelm.realtime.room import Room
from voxhelm.realtime.saying import Mouth
from voxhelm.realtime.session_config import SessionConfig
from voxhelm.realtime.sessions import Sessions, SessionsOptions
from voxhelm.residency.manager import Residency
from voxhelm.sections.realtime import RealtimeSettings
from voxhelm.serving.narrator import Says
from voxhelm.serving.routed_hearing import Chooses, Hears
from voxhelm.serving.routed_speech import Casts
from voxhelm.serving.warming import Warming
from voxhelm.serving.watch import Watcher
from voxhelm.store.handovers import Handovers
from voxhelm.telemetry.log import Log
from voxhelm.telemetry.metrics import Metrics


@dataclass(frozen=True, slots=True)
class RealtimeParts:
    """What sessions are made of that others use as well. chooses: says who would hear. casts: who would speak. warming: loads both."""

    catalog: Catalog
    residency: Residency
    says: Says
    hears: Hears
    chooses: Chooses
    casts: Casts
    judge: Judges
    warming: Warming
    metrics: Metrics
    clock: Clock
    log: Log


def compose_realtime(settings: RealtimeSettings, parts: RealtimeParts) -> Sessions:
    """The sessions of a server. Raises ConfigurationInvalid for an assistant or a script that cannot be used."""
    assistants = compose_assistants(settings)
    watcher = Watcher(parts.catalog, parts.residency)
    models = SessionModels(parts.chooses, parts.casts, watcher, assistants)

    def prepare(wanted: SessionConfig) -> None:
        parts.warming.warm(models.ids(wanted))

    room = Room(
        Ears(parts.hears, Ration(settings.partial_transcripts_at_once), parts.clock, parts.log, models.stays),
        Mouth(assistants, parts.says, settings.run_ahead_seconds, parts.clock, parts.log),
        watcher,
        parts.judge,
        parts.clock,
        parts.log,
        parts.metrics,
        settings.resume_seconds,
        int(settings.kept_event_bytes),
        prepare if settings.warm_models else lambda _: None,
    )
    limits = SessionLimits(
        longest_session_seconds=settings.longest_session_seconds,
        kept_audio_bytes=int(settings.kept_audio_bytes),
        stalled_seconds=settings.stalled_seconds,
    )
    # Where there is no place, nobody needs to wait for one.
    waiting = settings.waiting_sessions if settings.max_sessions else 0
    options = SessionsOptions(settings.max_sessions, settings.sessions_per_key, waiting, settings.waiting_seconds)
    handovers = Handovers(settings.hand_over_directory, settings.resume_seconds, parts.clock.unix_seconds)

    return Sessions(room, limits, options, handovers, models.require)


def compose_assistants(settings: RealtimeSettings) -> Assistants:
    """Everybody who answers. Raises ConfigurationInvalid."""
    by_name: dict[str, Assistant] = {"echo": Echo()}
    if settings.script_file is not None:
        by_name["scripted"] = Scripted(read_script(settings.script_file))
    if settings.assistant not in by_name:
        raise ConfigurationInvalid(
            f"'realtime.assistant' is '{settings.assistant}', and there is no such assistant. There are: {', '.join(by_name)}."
        )
    return Assistants(by_name, settings.assistant)
