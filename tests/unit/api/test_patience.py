import asyncio
import json

import pytest
from starlette.requests import ClientDisconnect, Request

from voxhelm.api.patience import Patience, json_in_time
from voxhelm.domain.errors import EngineCrashed, EngineFailed

SOON = Patience(silent_seconds=0.005, space_seconds=0.002)
NEVER = Patience(silent_seconds=3_600.0)


class Caller:
    """The other end of a request whose body has been read."""

    def __init__(self):
        self.left = asyncio.Event()
        self.sent = []
        self.spaced = asyncio.Event()
        self.ended = 0

    @property
    def request(self):
        return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, self.receive)

    async def receive(self):
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.sent.append(message)
        if message.get("body") == b" ":
            self.spaced.set()

    async def on_end(self):
        self.ended += 1

    @property
    def body(self):
        return b"".join(message.get("body", b"") for message in self.sent)

    async def take(self, response):
        await response(self.request.scope, self.receive, self.send)


@pytest.fixture
async def caller():
    return Caller()


async def made():
    return {"text": "Добър ден"}


async def test_an_answer_in_time_is_plain_json(caller):
    answer = await json_in_time(caller.request, made(), {"x-a": "b"}, caller.on_end, NEVER)
    assert (answer.status_code, answer.headers["x-a"], caller.ended) == (200, "b", 1)
    assert json.loads(answer.body) == {"text": "Добър ден"}


async def test_an_answer_that_takes_long_begins_with_white_space(caller):
    async def late():
        await caller.spaced.wait()
        return await made()

    answer = await json_in_time(caller.request, late(), {"x-a": "b"}, caller.on_end, SOON)
    await caller.take(answer)
    assert caller.sent[0]["status"] == 200
    assert (b"content-type", b"application/json") in caller.sent[0]["headers"]
    assert caller.body.startswith(b" ")
    assert json.loads(caller.body) == {"text": "Добър ден"}
    assert (caller.sent[-1]["more_body"], caller.ended) == (False, 1)


async def test_what_goes_wrong_in_time_is_raised(caller):
    async def fails():
        raise EngineCrashed("gone")

    with pytest.raises(EngineCrashed):
        await json_in_time(caller.request, fails(), {}, caller.on_end, NEVER)
    assert caller.ended == 1


async def test_what_goes_wrong_later_leaves_the_answer_incomplete(caller):
    async def fails_late():
        await caller.spaced.wait()
        raise EngineFailed("broken")

    answer = await json_in_time(caller.request, fails_late(), {}, caller.on_end, SOON)
    scope = caller.request.scope
    await answer(scope, caller.receive, caller.send)
    assert scope["voxhelm.failure"] == "engine_failed"
    assert caller.sent[-1]["more_body"]
    assert caller.ended == 1


@pytest.mark.parametrize("patience", [NEVER, SOON], ids=["before", "after"])
async def test_the_work_stops_when_the_caller_leaves(caller, patience):
    stopped = asyncio.Event()

    async def endless():
        try:
            if patience is SOON:
                await caller.spaced.wait()
            caller.left.set()
            await asyncio.Event().wait()
            return await made()
        finally:
            stopped.set()

    if patience is NEVER:
        with pytest.raises(ClientDisconnect):
            await json_in_time(caller.request, endless(), {}, caller.on_end, patience)
    else:
        await caller.take(await json_in_time(caller.request, endless(), {}, caller.on_end, patience))
    assert stopped.is_set()
    assert caller.ended == 1
