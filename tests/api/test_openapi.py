"""What the OpenAPI document promises, tried with generated requests."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

EXAMPLES = 40
TRIED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
OPERATIONS = [
    "POST /v1/audio/speech",
    "POST /v1/audio/transcriptions",
    "POST /v1/audio/translations",
    "POST /v1/audio/speech/timestamps",
    "POST /v1/audio/detect-language",
    "GET /v1/audio/voices",
    "POST /v1/audio/voices",
    "GET /v1/audio/voices/quality",
    "POST /v1/audio/voices/quality",
    "DELETE /v1/audio/voices/{voice_id}",
    "POST /v1/audio/voice_consents",
    "GET /v1/audio/voice_consents",
    "GET /v1/audio/voice_consents/{consent_id}",
    "POST /v1/audio/voice_consents/{consent_id}",
    "DELETE /v1/audio/voice_consents/{consent_id}",
    "GET /v1/audio/models",
    "GET /v1/routes",
    "POST /v1/realtime/client_secrets",
    "POST /v1/realtime/calls",
    "POST /v1/realtime/calls/{call_id}/hangup",
    "GET /v1/realtime/ice_servers",
    "GET /v1/models",
    "GET /v1/models/{model_id}",
    "POST /v1/models",
    "DELETE /v1/models/{model_id}",
    "POST /v1/models/{model_id}/load",
    "POST /v1/models/{model_id}/unload",
    "DELETE /v1/requests/{request_id}",
    "GET /health",
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
]


@pytest.fixture(scope="session")
def operations(server_url):
    document = schemathesis.openapi.from_url(f"{server_url}/openapi.json")
    found = [result.ok() for result in document.get_all_operations()]
    return {operation.label: operation for operation in found}


def test_every_operation_is_tried(operations):
    assert sorted(operations) == sorted(OPERATIONS)


@pytest.mark.parametrize("label", OPERATIONS)
def test_an_operation_keeps_its_promises(operations, label):
    @TRIED
    @given(case=operations[label].as_strategy())
    def holds(case):
        # No schema can say that a file is a recording or that a text can be spoken, so refusing what fits it is right.
        case.call_and_validate(timeout=60, excluded_checks=[positive_data_acceptance])

    holds()


@pytest.mark.parametrize("label", [one for one in OPERATIONS if one.startswith("POST /v1/audio") or one == "GET /v1/audio/voices"])
def test_an_operation_survives_what_it_never_promised(operations, label):
    """Requests against the document: any status will do that is not a failure of ours."""

    @TRIED
    @given(case=operations[label].as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))
    def holds(case):
        answer = case.call(timeout=60)
        assert answer.status_code < 500, answer.text
        assert answer.headers["x-request-id"]

    holds()
