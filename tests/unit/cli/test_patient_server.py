import asyncio

import pytest
import uvicorn

from voxhelm.cli import patient_server
from voxhelm.cli.patient_server import PatientServer


class Conversations:
    """`Sessions`, as far as a server that stops is concerned."""

    def __init__(self):
        self.asked = asyncio.Event()
        self.over = asyncio.Event()
        self.grace_seconds = None

    async def drain(self, grace_seconds):
        self.grace_seconds = grace_seconds
        self.asked.set()
        await self.over.wait()


async def app(_scope, _receive, _send):
    pass


@pytest.fixture
async def conversations():
    return Conversations()


@pytest.fixture
async def listened():
    return asyncio.Event()


@pytest.fixture
async def server(conversations, listened):
    config = uvicorn.Config(app, port=0, lifespan="off", log_config=None)
    server = PatientServer(config, conversations, 3, listened.set)
    serving = asyncio.create_task(server._serve())
    await listened.wait()
    yield server
    server.should_exit = True
    conversations.over.set()
    await serving


async def reaches(server):
    """Whether somebody can still connect."""
    try:
        _, writer = await asyncio.open_connection(*server.servers[0].sockets[0].getsockname()[:2])
    except (OSError, IndexError):
        return False
    writer.close()
    return True


async def test_conversations_come_first_and_clients_are_answered_meanwhile(server, conversations):
    server.should_exit = True
    await conversations.asked.wait()
    assert conversations.grace_seconds == 3
    assert await reaches(server)
    conversations.over.set()
    while await reaches(server):
        await asyncio.sleep(0.01)
    assert 0 <= server.config.timeout_graceful_shutdown <= 3


async def test_whoever_insists_waits_for_nobody(server, conversations):
    server.should_exit = True
    await conversations.asked.wait()
    server.force_exit = True
    while await reaches(server):
        await asyncio.sleep(0.01)
    assert not conversations.over.is_set()


async def test_what_hangs_is_not_waited_for_for_ever(server, conversations, monkeypatch):
    monkeypatch.setattr(patient_server, "LAST_SECONDS", -2.9)
    server.should_exit = True
    while await reaches(server):
        await asyncio.sleep(0.01)
    assert not conversations.over.is_set()
