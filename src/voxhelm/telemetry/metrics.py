"""Every metric there is, with its unit in its name (docs/reference/metrics.md lists them)."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector, generate_latest

# From a cached answer to an hour of recognition.
LATENCY_BUCKETS_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)


class Metrics:
    """The metrics of one server. Names begin with `voxhelm_`; labels never carry what users said."""

    def __init__(self) -> None:
        """Register everything in a registry of our own, so that two servers in one process do not mix."""
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._register_routes()
        self._register_models()
        self._register_realtime()
        self.requests = self._count("voxhelm_http_requests", "Requests answered.", "method", "route", "status")
        self.request_seconds = self._seconds(
            "voxhelm_http_request_seconds", "From the request to the last byte of the answer.", "route"
        )
        self.requests_in_flight = Gauge("voxhelm_http_requests_in_flight", "Requests being answered now.", registry=self.registry)
        self.disconnects = self._count("voxhelm_client_disconnects", "Clients that left before the answer ended.", "route")
        self.first_audio_seconds = self._seconds(
            "voxhelm_speech_first_audio_seconds", "From the request to the first sound.", "model"
        )
        self.speech_audio_seconds = self._count("voxhelm_speech_audio_seconds", "Sound made.", "model")
        self.speech_characters = self._count("voxhelm_speech_characters", "Text accepted to be said.", "model")
        self.transcription_audio_seconds = self._count("voxhelm_transcription_audio_seconds", "Sound heard.", "model")
        self.transcription_seconds = self._seconds(
            "voxhelm_transcription_seconds", "From the request to the last segment.", "model"
        )
        self.turn_judgement_seconds = self._seconds(
            "voxhelm_turn_judgement_seconds", "How long it took to say whether a speaker was done.", "by"
        )
        self.queue_depth = Gauge("voxhelm_queue_depth", "Requests that wait for the model.", ["model"], registry=self.registry)
        self.queue_in_flight = Gauge(
            "voxhelm_queue_in_flight", "Requests that the model serves.", ["model"], registry=self.registry
        )
        self.queue_wait_seconds = Histogram(
            "voxhelm_queue_wait_seconds",
            "How long requests waited for their turn.",
            ["model", "priority"],
            buckets=LATENCY_BUCKETS_SECONDS,
            registry=self.registry,
        )
        self.queue_rejected = self._count("voxhelm_queue_rejected", "Requests sent away.", "model", "priority", "reason")
        self.cache_requests = self._count("voxhelm_cache_requests", "Texts to be said, by what was kept of them.", "outcome")
        self.cache_evictions = self._count("voxhelm_cache_evictions", "Narrations forgotten to make room.")
        self.cache_bytes = Gauge("voxhelm_cache_bytes", "What all kept narrations hold.", registry=self.registry)
        self.egress_requests = self._count("voxhelm_egress_requests", "Texts or sounds sent out of the LAN.", "engine")

    def _register_routes(self) -> None:
        """What of routes, and of the voices that they go around."""
        self.route_fallbacks = self._count(
            "voxhelm_route_fallbacks", "Answers of another model than the first choice.", "capability", "from", "to", "reason"
        )
        of_voice = ["voice", "language"]
        self.voice_word_error_rate = Gauge(
            "voxhelm_voice_word_error_rate", "Of a voice's last check, wrong for each word.", of_voice, registry=self.registry
        )
        self.voice_character_error_rate = Gauge(
            "voxhelm_voice_character_error_rate",
            "Of a voice's last check, wrong for each character.",
            of_voice,
            registry=self.registry,
        )
        self.voice_degraded = Gauge(
            "voxhelm_voice_degraded", "1 while a voice is not what it was.", of_voice, registry=self.registry
        )
        self.voice_checks = self._count("voxhelm_voice_checks", "Checks of voices.", "voice", "language", "verdict")

    def _register_models(self) -> None:
        """What of models, and of the memory that they hold."""
        self.model_loads = self._count("voxhelm_model_loads", "Attempts to load a model.", "model", "outcome")
        self.model_load_seconds = self._seconds("voxhelm_model_load_seconds", "How long loading took.", "model")
        self.model_crashes = self._count("voxhelm_model_crashes", "Processes of models that died unasked.", "model")
        self.model_leases = Gauge("voxhelm_model_leases", "Callers that use the model now.", ["model"], registry=self.registry)
        self.models_loaded = Gauge("voxhelm_model_loaded", "1 while the model is loaded.", ["model"], registry=self.registry)
        self.model_on_device = Gauge(
            "voxhelm_model_on_device", "1 while the model is loaded there.", ["model", "device"], registry=self.registry
        )
        self.memory_budget = Gauge(
            "voxhelm_memory_budget_bytes", "The most that models may hold on a device now.", ["device"], registry=self.registry
        )
        self.memory_reserved = Gauge(
            "voxhelm_memory_reserved_bytes", "What is set aside for models on a device.", ["device"], registry=self.registry
        )
        self.model_fallbacks = self._count(
            "voxhelm_model_fallbacks", "Loads elsewhere than on a card where the model belongs.", "model", "reason"
        )
        self.model_memory_kept = self._count(
            "voxhelm_model_memory_kept", "Unloaded models whose memory did not come back to their card in time.", "model", "device"
        )

    def _register_realtime(self) -> None:
        """What of conversations."""
        self.realtime_sessions = Gauge("voxhelm_realtime_sessions", "Sessions that are open.", registry=self.registry)
        self.realtime_waiting = Gauge(
            "voxhelm_realtime_sessions_waiting", "Callers that wait for a session.", registry=self.registry
        )
        self.realtime_refused = self._count("voxhelm_realtime_sessions_refused", "Callers sent away.", "reason")
        self.realtime_resumed = self._count("voxhelm_realtime_sessions_resumed", "Sessions that clients came back to.", "from")
        self.realtime_responses = self._count("voxhelm_realtime_responses", "Replies that ended.", "status")
        self.realtime_barge_ins = self._count("voxhelm_realtime_barge_ins", "Replies that callers interrupted by speaking.")
        self.call_packets = self._count("voxhelm_call_packets", "Packets of callers' sound, when their call ended.", "fate")
        self.call_concealed_seconds = self._count(
            "voxhelm_call_concealed_seconds", "Sound of callers that was lost and made up for, when their call ended."
        )
        self.realtime_stage_seconds = self._seconds(
            "voxhelm_realtime_stage_seconds", "From the end of the caller's voice to a stage of the answer.", "stage"
        )

    def _count(self, name: str, description: str, *labels: str) -> Counter:
        return Counter(name, description, labels, registry=self.registry)

    def _seconds(self, name: str, description: str, label: str) -> Histogram:
        return Histogram(name, description, [label], buckets=LATENCY_BUCKETS_SECONDS, registry=self.registry)

    def render(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self.registry)
