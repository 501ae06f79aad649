import pytest

from voxhelm.api.middleware import with_prefix


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("/v1/audio/speech", "/v1/audio/speech"),
        ("/audio/speech", "/v1/audio/speech"),
        ("/v1/v1/models", "/v1/models"),
        ("/models", "/v1/models"),
        ("/models/a/b", "/v1/models/a/b"),
        ("/health", "/health"),
        ("/", "/"),
        ("/modelsx", "/modelsx"),
        ("/console/app.js", "/console/app.js"),
        ("/realtime", "/v1/realtime"),
        ("/realtime/calls", "/v1/realtime/calls"),
    ],
)
def test_paths_work_with_their_prefix_and_without_it(asked, known):
    assert with_prefix(asked) == known


async def test_requests_are_counted_by_route_not_by_path(calling, instance):
    async with calling() as client:
        await client.get("/v1/models/fake-speech")
        await client.get("/v1/models/nobody")
        await client.get("/somewhere/else")
    counted = {
        (sample.labels["route"], sample.labels["status"]): sample.value
        for metric in instance.services.metrics.registry.collect()
        for sample in metric.samples
        if sample.name == "voxhelm_http_requests_total"
    }
    assert counted == {("/v1/models/{model_id:path}", "200"): 1, ("/v1/models/{model_id:path}", "404"): 1, ("unmatched", "404"): 1}


async def test_a_body_over_the_limit_is_refused(calling):
    async with calling(longest_upload_bytes=100) as client:
        answer = await client.post("/v1/audio/speech", content=b"x" * 101)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "body_too_large")
