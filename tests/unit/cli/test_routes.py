import json

from tests.unit.cli.program import RunVoxhelm

PARROTS = {"VOXHELM_MODELS__EXTRA_ENGINES": '["voxhelm.testing.parrot_engine:ENGINE"]'}
ROUTE = {"VOXHELM_ROUTES__SPEECH": '{"bg": ["parrot-b", "piper:bg_BG-dimitar-medium"]}'}


def test_routes_are_listed_with_the_health_of_their_steps(voxhelm: RunVoxhelm) -> None:
    lines = voxhelm("routes", "--local", **PARROTS, **ROUTE).stdout.decode().splitlines()
    assert lines[0].split() == ["FOR", "LANGUAGE", "STEP", "MODEL", "VOICE", "NOW"]
    assert lines[1].split() == ["speech", "bg", "1", "parrot-b", "parrot-b-bg", "ready"]
    assert lines[2].split() == ["speech", "bg", "2", "piper:bg_BG-dimitar-medium", "not", "installed"]
    assert any(line.startswith("transcription  any other  1     ear-a") for line in lines)


def test_the_route_of_a_language_as_json(voxhelm: RunVoxhelm) -> None:
    speech, transcription = json.loads(voxhelm("routes", "--local", "--language", "bg", "--json", **PARROTS, **ROUTE).stdout)
    assert (speech["capability"], speech["language"], speech["automatic"]) == ("speech", "bg", False)
    assert [step["reason"] for step in speech["steps"]] == [None, "not_installed"]
    assert transcription["automatic"]
    assert [step["model"] for step in transcription["steps"]][:2] == ["ear-a", "ear-b"]


def test_a_step_that_is_no_model_stops_with_what_is_near(voxhelm: RunVoxhelm) -> None:
    ran = voxhelm("routes", "--local", VOXHELM_ROUTES__SPEECH='{"bg": ["espeak-gn"]}')
    assert ran.returncode == 2
    assert b"'routes.speech.bg' names 'espeak-gn', which is no model. Did you mean 'espeak-ng'" in ran.stderr


def test_a_step_for_something_else_is_refused(voxhelm: RunVoxhelm) -> None:
    ran = voxhelm("routes", "--local", VOXHELM_ROUTES__TRANSCRIPTION='{"*": ["espeak-ng"]}')
    assert ran.returncode == 2
    assert b"is for speech" in ran.stderr
