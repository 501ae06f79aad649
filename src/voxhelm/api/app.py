"""The ASGI application: routes, error handlers, middleware."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp

from voxhelm.api.access import NOTHING_PUBLIC, AccessOptions
from voxhelm.api.client_secrets import client_secrets_router
from voxhelm.api.console import console_router
from voxhelm.api.control import control_router
from voxhelm.api.errors import (
    render_disconnect,
    render_http_error,
    render_unexpected,
    render_validation_error,
    render_voxhelm_error,
)
from voxhelm.api.examinations import examinations_router
from voxhelm.api.guard import Guard
from voxhelm.api.health import health_router
from voxhelm.api.ice_servers import NO_RELAYS, RelayOptions, ice_servers_router
from voxhelm.api.middleware import RequestScope
from voxhelm.api.models import models_router
from voxhelm.api.ready_paths import ReadyPaths
from voxhelm.api.realtime_beta import realtime_beta_router
from voxhelm.api.realtime_calls import realtime_calls_router
from voxhelm.api.realtime_socket import realtime_router
from voxhelm.api.requests import requests_router
from voxhelm.api.routes import routes_router
from voxhelm.api.services import Services
from voxhelm.api.speech import speech_router
from voxhelm.api.transcriptions import transcriptions_router
from voxhelm.api.unknown_socket import UnknownSocket
from voxhelm.api.voice_consents import voice_consents_router
from voxhelm.api.voice_quality import voice_quality_router
from voxhelm.api.voices import voices_router
from voxhelm.api.weights import weights_router
from voxhelm.audio.formats import AudioFormat
from voxhelm.domain.errors import VoxhelmError
from voxhelm.kit.clock import Clock
from voxhelm.telemetry.log import Log
from voxhelm.webrtc.peer_options import PeerOptions

# What a page of another site may read of an answer, beside its body.
EXPOSED: Final = (
    "x-request-id",
    "x-voxhelm-model",
    "x-voxhelm-voice",
    "x-voxhelm-cache",
    "x-voxhelm-ignored",
    "retry-after",
    "location",
)

PLAIN_CALLS: Final = PeerOptions()


@dataclass(frozen=True, slots=True)
class ApiOptions:
    """What the edge is told.

    console_directory: the console's files. longest_body_bytes: a larger request is refused.
    anybody_changes_models: whether other machines may install and remove models while no keys are asked for.
    access: what needs no key. ready_paths: what answers 503 until the models that are to be warm are.
    allow_origins: sites whose pages may read the answers. relays: what callers are told of ways to the server. calls: how they are taken.
    default_format: of speech for which none is named.
    """

    console_directory: Path
    longest_body_bytes: int
    version: str
    anybody_changes_models: bool = False
    access: AccessOptions = NOTHING_PUBLIC
    ready_paths: tuple[str, ...] = ()
    allow_origins: tuple[str, ...] = ()
    relays: RelayOptions = NO_RELAYS
    calls: PeerOptions = PLAIN_CALLS
    default_format: AudioFormat = AudioFormat.MP3


def create_app(
    services: Services,
    options: ApiOptions,
    clock: Clock,
    log: Log,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]],
) -> ASGIApp:
    """Everything that answers HTTP. lifespan: starts and stops what the services need."""
    app = FastAPI(
        title="Voxhelm",
        version=options.version,
        summary="Private voice AI behind the OpenAI API.",
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=lifespan,
        # The interactive pages load their code from elsewhere; nothing here does.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.add_exception_handler(VoxhelmError, render_voxhelm_error)
    app.add_exception_handler(HTTPException, render_http_error)
    app.add_exception_handler(RequestValidationError, render_validation_error)
    app.add_exception_handler(ValidationError, render_validation_error)
    app.add_exception_handler(ClientDisconnect, render_disconnect)
    app.add_exception_handler(Exception, render_unexpected)
    for router in (
        speech_router(services, options.default_format),
        transcriptions_router(services),
        examinations_router(services),
        voice_quality_router(services),
        voices_router(services),
        voice_consents_router(services),
        models_router(services),
        routes_router(services),
        control_router(services),
        weights_router(services, anybody=options.anybody_changes_models),
        realtime_router(services, options.allow_origins, clock),
        realtime_calls_router(services, options.calls, options.allow_origins),
        client_secrets_router(services, options.allow_origins),
        ice_servers_router(options.relays, clock),
        realtime_beta_router(services),
        requests_router(services),
        health_router(services),
        console_router(options.console_directory, options.version),
    ):
        app.include_router(router)
    app.router.default = UnknownSocket(app.router.default)
    if options.ready_paths:
        app.add_middleware(ReadyPaths, inventory=services.inventory, paths=frozenset(options.ready_paths))
    guard = Guard(services.keys, services.client_secrets, options.access)
    scoped = RequestScope(app, services, guard, log, clock, options.longest_body_bytes)
    if not options.allow_origins:
        return scoped
    # Outermost: a browser asks first whether it may ask, and shows no key for that.
    return CORSMiddleware(scoped, options.allow_origins, ("*",), ("*",), expose_headers=EXPOSED)
