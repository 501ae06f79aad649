import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.engines.kokoro.mix import Part, parse_mix, written


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("af_bella+af_sky", [("af_bella", 1), ("af_sky", 1)]),
        ("af_bella(2)+af_sky(1)", [("af_bella", 2), ("af_sky", 1)]),
        ("AF_Bella (0.5) + af_sky", [("af_bella", 0.5), ("af_sky", 1)]),
        ("af_bella(3)", [("af_bella", 3)]),
    ],
)
def test_a_mix_has_parts_and_weights(text, parts):
    assert parse_mix(text) == tuple(Part(name, weight) for name, weight in parts)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "af_bella+",
        "af_bella++af_sky",
        "af_bella(0)+af_sky",
        "af_bella(-1)",
        "af_bella()",
        "af_bella(1",
        "a\n+b",
        "a(1e9)",
        "é",
    ],
)
def test_anything_else_is_no_mix(text):
    assert parse_mix(text) is None


names = st.from_regex(r"[a-z]{2}_[a-z]{1,8}", fullmatch=True)
weights = st.integers(1, 100_000).map(lambda thousandths: thousandths / 1000)


@given(st.lists(st.builds(Part, names, weights), min_size=1).map(tuple))
def test_what_is_written_is_read_again(parts):
    read = parse_mix(written(parts))
    assert read is not None
    assert [part.name for part in read] == [part.name for part in parts]
    assert [part.weight for part in read] == pytest.approx([part.weight for part in parts], rel=1e-4)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    parts = parse_mix(text)
    assert parts is None or parse_mix(written(parts)) is not None
