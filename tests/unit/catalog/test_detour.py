from hypothesis import given
from hypothesis import strategies as st

from voxhelm.catalog.detour import STRAIGHT, Detour, detour
from voxhelm.domain.model import Capability, ModelSpec


def spec(model_id):
    return ModelSpec(model_id, "engine", Capability.SPEECH, ("bg",))


def test_nothing_is_gone_around_straight_ahead():
    assert not STRAIGHT
    assert STRAIGHT.left([spec("a"), spec("b")]) == (spec("a"), spec("b"))


def test_closed_models_are_left_out_and_the_order_stays():
    assert detour(closed=["b"]).left([spec("a"), spec("b"), spec("c")]) == (spec("a"), spec("c"))


def test_a_voice_is_spoilt_by_itself_and_not_with_its_model():
    around = detour(degraded=["kokoro/af_bella"])
    assert around.spoils("kokoro", "af_bella")
    assert not around.spoils("kokoro", "af_sky")
    assert not around.closes("kokoro")


def test_equal_detours_are_written_alike_however_they_came_about():
    assert repr(detour(closed=["b", "a", "b"])) == repr(detour(closed={"a", "b"})) == repr(Detour(("a", "b")))


VOICES = st.tuples(st.sampled_from("abcde"), st.sampled_from("xy"))


@given(st.lists(VOICES), st.sets(st.sampled_from("abcde")), st.sets(VOICES))
def test_the_first_good_voice_speaks_then_the_first_that_is_not_as_it_was_and_a_closed_one_never(voices, closed, spoilt):
    around = detour(closed, [f"{model}/{voice}" for model, voice in spoilt])
    found = around.best(voices)
    usable = [index for index, (model, _) in enumerate(voices) if model not in closed]
    good = [index for index in usable if voices[index] not in spoilt]
    assert found == (good[0] if good else usable[0] if usable else None)
