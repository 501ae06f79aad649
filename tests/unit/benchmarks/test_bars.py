from benchmarks import bars


def test_a_bar_is_met_on_its_good_side_and_at_the_limit() -> None:
    assert bars.IDLE_MEMORY.measured(149.9).met
    assert bars.IDLE_MEMORY.measured(150).met
    assert not bars.IDLE_MEMORY.measured(151).met
    assert bars.PIPER_RATE.measured(1.0).met
    assert not bars.PIPER_RATE.measured(0.99).met
    assert bars.PIPER_FIRST_BYTE.measured(1.0004).met


def test_a_verdict_shows_what_was_measured() -> None:
    assert bars.ENCODER_ONE.measured(1.308).cells() == (bars.ENCODER_ONE.name, "<= 1.25x", "1.31x", "**missed**")
    assert bars.DISCONNECTS.measured(0).cells()[1:] == ("<= 0", "0", "met")


def test_names_of_bars_are_unique() -> None:
    assert len({bar.name for bar in bars.ALL}) == len(bars.ALL)
