import inspect

import pytest

from voxhelm.api.errors import STATUS_OF, envelope_of
from voxhelm.domain import errors

CLASSES = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, errors.VoxhelmError)]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_has_a_status_and_the_envelope(kind):
    status, body = envelope_of(kind("What happened, and what to do.", param="input"))
    assert 400 <= status < 600
    assert body["error"] == {
        "message": "What happened, and what to do.",
        "type": {429: "rate_limit_error"}.get(status, "invalid_request_error" if status < 500 else "server_error"),
        "param": "input",
        "code": kind.code,
    }


def test_a_message_that_quotes_too_much_keeps_its_beginning_and_its_advice():
    message = envelope_of(errors.ModelNotFound(f"There is no model '{'x' * 90_000}'. Ask for another."))[1]["error"]["message"]
    assert len(message) < 2_100
    assert message.startswith("There is no model 'xxx")
    assert message.endswith("xxx'. Ask for another.")


def test_codes_are_unique():
    assert len({kind.code for kind in CLASSES}) == len(CLASSES)


def test_the_table_names_no_stranger():
    assert set(STATUS_OF) <= set(CLASSES)


async def test_an_unexpected_error_keeps_its_secrets(calling, instance, monkeypatch):
    async def broken(_self, _request):
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr(type(instance.services.speaker), "speak", broken)
    async with calling() as client:
        answer = await client.post("/v1/audio/speech", json={"input": "Hi."})
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert "swordfish" not in answer.text
    assert answer.headers["x-request-id"]


async def test_when_to_come_back_is_told(calling, instance, monkeypatch):
    async def busy(_self, _request):
        raise errors.Unavailable("Later.", retry_after_seconds=2.4)

    monkeypatch.setattr(type(instance.services.speaker), "speak", busy)
    async with calling() as client:
        answer = await client.post("/v1/audio/speech", json={"input": "Hi."})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
