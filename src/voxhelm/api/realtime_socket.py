"""WebSocket /v1/realtime: conversations, transcriptions, and joining a call from beside."""

import asyncio
from collections.abc import Collection, Coroutine
from dataclasses import dataclass, replace
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import ClientDisconnect
from starlette.types import Scope as Request
from starlette.websockets import WebSocket

from voxhelm.api.callers import caller_of, key_of
from voxhelm.api.guard import KEY_PROTOCOL, shown_client_secret, shown_key
from voxhelm.api.middleware import CLOSE_CODE, refuse_socket
from voxhelm.api.permission import require_own_page
from voxhelm.api.services import Services
from voxhelm.api.session_wanted import read_session, wanted_session
from voxhelm.api.socket_face import SocketFace
from voxhelm.api.socket_reading import read_events
from voxhelm.domain.caller import Caller, Priority
from voxhelm.domain.errors import SessionNotFound, VoxhelmError
from voxhelm.identity.scope import Scope
from voxhelm.kit.clock import Clock
from voxhelm.realtime.conductor import Conductor

PROTOCOL: Final = "realtime"
NORMAL: Final = 1000
GOING_AWAY: Final = 1001
# Of a close frame that gives none: what pages send that call `close()`.
NO_CODE: Final = 1005


def realtime_router(services: Services, allow_origins: Collection[str], clock: Clock) -> APIRouter:
    """The route, bound to the sessions."""
    router = APIRouter()

    @router.websocket("/v1/realtime")
    async def realtime(socket: WebSocket) -> None:
        await socket.receive()
        try:
            require_own_page(socket.scope, allow_origins)
            entrance = await _while_there(socket, _enter(socket, services))
        except VoxhelmError as error:
            await refuse_socket(error, socket.scope, socket.receive, socket.send)
        except ClientDisconnect:
            pass  # it did not want to wait
        else:
            await _converse(socket, entrance, clock)

    return router


def realtime_caller(scope: Request) -> Caller:
    """Who talks: nobody waits for an answer as impatiently. Raises ParameterInvalid."""
    return replace(caller_of(scope), priority=Priority.REALTIME)


def own_call(services: Services, scope: Request, call_id: str) -> Conductor:
    """The session of a call, for whoever made it: the same key, or a client secret of it. Raises SessionNotFound."""
    return _own(services.sessions.call(call_id), scope, "call_id")


def own_session(services: Services, scope: Request, token: str) -> Conductor:
    """The session of a token, likewise: tokens stand in addresses, and those in logs. Raises SessionNotFound."""
    return _own(services.sessions.resume(token), scope, "resume")


def _own(conductor: Conductor, scope: Request, param: str) -> Conductor:
    key = shown_key(scope)
    if key is not None and not key.allows(Scope.ADMIN) and conductor.caller.key != key_of(scope):
        raise SessionNotFound("There is no such session, or it is over.", param=param)
    return conductor


def stored_session(scope: Request) -> dict[str, Any]:
    """What the sessions of the client secret begin with that was shown."""
    secret = shown_client_secret(scope)
    return {} if secret is None else read_session(secret.session)


@dataclass(frozen=True, slots=True)
class _Entrance:
    """How a socket takes part. begun: the session is its own, of which nobody else knows yet. beside: it looks on and may say something."""

    conductor: Conductor
    begun: bool = False
    beside: bool = False
    after_event_id: str | None = None

    def attach(self, face: SocketFace) -> None:
        if self.beside:
            self.conductor.join(face)
        else:
            self.conductor.attach(face, plays=False, after_event_id=self.after_event_id)

    def leave(self, face: SocketFace, *, for_good: bool) -> None:
        if self.beside:
            self.conductor.leave(face)
        elif for_good:
            self.conductor.end(NORMAL, "The client has ended the session.")
        else:
            self.conductor.detach(face)


async def _enter(socket: WebSocket, services: Services) -> _Entrance:
    query = socket.query_params
    if "call_id" in query:
        return _Entrance(own_call(services, socket.scope, query["call_id"]), beside=True)
    if "resume" in query:
        return _Entrance(own_session(services, socket.scope, query["resume"]), after_event_id=query.get("after"))
    wanted = wanted_session(query, stored_session(socket.scope))
    return _Entrance(await services.sessions.open(wanted, realtime_caller(socket.scope)), begun=True)


async def _while_there(socket: WebSocket, entering: Coroutine[Any, Any, _Entrance]) -> _Entrance:
    """The entrance. A client that leaves while it waits for its turn loses it: raises ClientDisconnect then."""
    working = asyncio.create_task(entering)
    leaving = asyncio.create_task(socket.receive())
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if working.done() and not leaving.done():
            return working.result()
        if working.done() and working.exception() is None and working.result().begun:
            working.result().conductor.end(NORMAL, "The client left before the session had begun.")
        raise ClientDisconnect
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _converse(socket: WebSocket, entrance: _Entrance, clock: Clock) -> None:
    face = SocketFace(socket)
    for_good = False
    try:
        await socket.accept(_protocol(socket.scope["subprotocols"]))
        entrance.attach(face)
        reading = asyncio.create_task(read_events(socket, face, entrance.conductor, clock))
        writing = asyncio.create_task(face.write())
        # One that ended just before it was attached to says nothing any more.
        ending = asyncio.create_task(entrance.conductor.wait_ended())
        ending.add_done_callback(lambda _: face.close(GOING_AWAY, "The session is over."))
        try:
            await asyncio.wait((reading, writing), return_when=asyncio.FIRST_COMPLETED)
            socket.scope[CLOSE_CODE] = face.closed_with
            if writing.done():
                writing.result()
            elif face.closed_with is None:
                goodbye = reading.result()
                socket.scope[CLOSE_CODE] = goodbye["code"]
                # A connection that broke has no reason, and is one that may come back.
                for_good = "reason" in goodbye and goodbye["code"] in (NORMAL, NO_CODE)
        finally:
            for task in (reading, writing, ending):
                task.cancel()
            await asyncio.gather(reading, writing, ending, return_exceptions=True)
    except OSError:
        pass  # it left while it was being let in
    finally:
        entrance.leave(face, for_good=for_good)


def _protocol(offered: Collection[str]) -> str | None:
    """What is agreed upon. A browser gives up where it has offered something and nothing is chosen; a key is nothing to choose."""
    if PROTOCOL in offered:
        return PROTOCOL
    return next((name for name in offered if not name.startswith(KEY_PROTOCOL)), None)
