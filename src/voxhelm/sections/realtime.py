"""The section `realtime`."""

from pathlib import Path
from typing import Annotated, Self

from platformdirs import user_state_path
from pydantic import AfterValidator, BaseModel, ByteSize, Field, model_validator

from voxhelm.sections.section import SECTION

OptionalPath = Annotated[Path | None, AfterValidator(lambda path: path and path.expanduser())]


class RealtimeSettings(BaseModel):
    """Spoken conversations: /v1/realtime by WebSocket, and calls by WebRTC."""

    model_config = SECTION

    max_sessions: Annotated[
        int,
        Field(
            ge=0,
            description="Sessions at once; whoever comes then waits. About as many as two cores follow by WebSocket; 0 for none.",
        ),
    ] = 50
    sessions_per_key: Annotated[
        int | None,
        Field(
            gt=0,
            description="The same for one API key, or one address where there are no keys; the next is refused. Else no limit.",
        ),
    ] = None
    waiting_sessions: Annotated[
        int, Field(ge=0, description="How many may wait for a place. More would wait in vain: a conversation lasts minutes.")
    ] = 16
    waiting_seconds: Annotated[
        float, Field(ge=0, description="How long they wait before they are told to come back. Somebody is holding a microphone.")
    ] = 10.0
    resume_seconds: Annotated[
        float,
        Field(ge=0, description="How long a session outlives its connection, so that a client comes back to it. 0: not at all."),
    ] = 60.0
    warm_models: Annotated[
        bool,
        Field(
            description="Whether a conversation's models begin to load when it begins, so that the first turn is not kept waiting; else "
            "when somebody speaks."
        ),
    ] = True
    kept_event_bytes: Annotated[
        ByteSize,
        Field(
            ge=0,
            description="Of what each client was told last, so that who comes back hears what it missed: 16 s of sound are 1 MB.",
        ),
    ] = ByteSize(2 * 1024**2)
    longest_session_seconds: Annotated[
        float,
        Field(gt=0, description="Then a session ends. An hour, as with OpenAI; whoever forgets to hang up gives the place back."),
    ] = 3600.0
    kept_audio_bytes: Annotated[
        ByteSize,
        Field(
            ge=0,
            description="Sound that each conversation keeps for conversation.item.retrieve. Three minutes; the oldest goes first.",
        ),
    ] = ByteSize(8 * 1024**2)
    stalled_seconds: Annotated[
        float,
        Field(gt=0, description="A reply that does not get on for so long has failed. Loading a large voice takes about as long."),
    ] = 30.0
    run_ahead_seconds: Annotated[
        float,
        Field(
            gt=0,
            description="How much of a reply is made before it can have been heard: most replies are interrupted or end by then.",
        ),
    ] = 10.0
    partial_transcripts_at_once: Annotated[
        int,
        Field(
            ge=0,
            description="How many sessions hear at once what is still being said. Each costs up to half a recogniser; 0 for none.",
        ),
    ] = 4
    assistant: Annotated[
        str, Field(description="Who answers where the client names OpenAI's models, or none: echo says what it heard, or scripted.")
    ] = "echo"
    script_file: Annotated[
        OptionalPath, Field(description="What `scripted` says, a YAML or JSON file; without it there is none.")
    ] = None
    hand_over_directory: Annotated[
        Path,
        AfterValidator(Path.expanduser),
        Field(
            description="Where a server that stops leaves its sessions for the next one, for resume_seconds. On several machines, a shared "
            "disk. What was said is in them."
        ),
    ] = Field(default_factory=lambda: user_state_path("voxhelm") / "sessions")
    udp_ports: Annotated[
        str | None,
        Field(
            pattern=r"^\d+-\d+$",
            description="Ports of calls, such as 40000-40100: one for a call at each address, open in the firewall. Else any that is free.",
        ),
    ] = None
    listen_on: Annotated[
        tuple[str, ...],
        Field(description="Interfaces, addresses or networks of this machine that calls may use. Else all that others can reach."),
    ] = ()
    announced_addresses: Annotated[
        tuple[str, ...],
        Field(
            description="Where callers reach the same ports, if that is not this machine's own address: behind NAT, or a Service."
        ),
    ] = ()
    stun_urls: Annotated[
        tuple[str, ...],
        Field(description="Servers that tell callers, and this one, their address outside: stun:HOST:PORT. None: nobody is asked."),
    ] = ()
    turn_urls: Annotated[
        tuple[str, ...],
        Field(description="Relays for callers who cannot reach this machine: turn:HOST:PORT?transport=udp. See turn_secret_file."),
    ] = ()
    turn_secret_file: Annotated[
        OptionalPath,
        Field(
            description="What coturn has as static-auth-secret, in a file with nothing else; credentials for callers are made from it."
        ),
    ] = None
    turn_lifetime_seconds: Annotated[
        float, Field(gt=0, description="How long such credentials are good. Relays end calls whose credentials have expired.")
    ] = 7200.0

    @model_validator(mode="after")
    def _require_whole(self) -> Self:
        if self.turn_urls and self.turn_secret_file is None:
            raise ValueError("turn_urls needs turn_secret_file: relays take nobody without credentials")
        if self.assistant == "scripted" and self.script_file is None:
            raise ValueError("assistant scripted needs script_file")
        return self
