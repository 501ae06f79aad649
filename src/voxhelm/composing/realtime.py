"""Puts realtime sessions together."""

from dataclasses import dataclass
from typing import Final

from voxhelm.assistant.answer import Assistant
from voxhelm.assistant.assistants import Assistants
from voxhelm.assistant.echo import Echo
from voxhelm.assistant.script import read_script
from voxhelm.assistant.scripted import Scripted
from voxhelm.audio.formats import AudioFormat
from voxhelm.catalog.models import Catalog
from voxhelm.domain.errors import ConfigurationInvalid, VoxhelmError
from voxhelm.domain.model import ModelSpec
from voxhelm.domain.options import TranscribeOptions
from voxhelm.domain.pcm import Pcm
from voxhelm.kit.clock import Clock
from voxhelm.realtime.judging import Judges
from voxhelm.realtime.limits import SessionLimits
from voxhelm.realtime.live_hearing import Ears
from voxhelm.realtime.ration import Ration
from voxhelm.realtime.room import Room
from voxhelm.realtime.saying import Mouth
from voxhelm.realtime.session_config import RATE_HZ, Kind, SessionConfig, Transcription
from voxhelm.realtime.sessions import Sessions, SessionsOptions
from voxhelm.residency.manager import Residency
from voxhelm.sections.realtime import RealtimeSettings
from voxhelm.serving.hear import HearingRequest
from voxhelm.serving.narrator import Says
from voxhelm.serving.routed_hearing import Chooses, Hears
from voxhelm.serving.routed_speech import Casts
from voxhelm.serving.speak import SpeechRequest
from voxhelm.serving.watch import Watcher
from voxhelm.store.handovers import Handovers
from voxhelm.telemetry.log import Log
from voxhelm.telemetry.metrics import Metrics

# Whoever says this says everything: it is of no language and holds what can be said.
ANY_TEXT: Final = "1."


@dataclass(frozen=True, slots=True)
class RealtimeParts:
    """What sessions are made of that others use as well. chooses: says who would hear. casts: who would speak."""

    catalog: Catalog
    residency: Residency
    says: Says
    hears: Hears
    chooses: Chooses
    casts: Casts
    judge: Judges
    metrics: Metrics
    clock: Clock
    log: Log


def compose_realtime(settings: RealtimeSettings, parts: RealtimeParts) -> Sessions:
    """The sessions of a server. Raises ConfigurationInvalid for an assistant or a script that cannot be used."""
    assistants = compose_assistants(settings)
    watcher = Watcher(parts.catalog, parts.residency)

    def chosen(transcription: Transcription) -> ModelSpec:
        spoken = TranscribeOptions(language=transcription.language, languages=transcription.languages)
        return parts.chooses.choose(HearingRequest(Pcm.silence(0.0, RATE_HZ), transcription.model, spoken))

    def stays(transcription: Transcription) -> bool:
        try:
            return chosen(transcription).egress_host is None
        except VoxhelmError:
            return False  # which the utterance will be told

    room = Room(
        Ears(parts.hears, Ration(settings.partial_transcripts_at_once), parts.clock, parts.log, stays),
        Mouth(assistants, parts.says, settings.run_ahead_seconds, parts.clock, parts.log),
        watcher,
        parts.judge,
        parts.clock,
        parts.log,
        parts.metrics,
        settings.resume_seconds,
        int(settings.kept_event_bytes),
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

    def require(wanted: SessionConfig) -> None:
        if wanted.kind is Kind.CONVERSATION:
            assistants.require(wanted.model)
        if wanted.input.turn_detection is not None:
            watcher.input_rate_hz()
        if wanted.input.transcription is not None:
            chosen(wanted.input.transcription)
        if wanted.kind is Kind.CONVERSATION and wanted.output_modality == "audio":
            parts.casts.cast(SpeechRequest(ANY_TEXT, "auto", wanted.output.voice, AudioFormat.PCM))

    return Sessions(room, limits, options, handovers, require)


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
