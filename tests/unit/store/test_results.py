import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from voxhelm.store.blobs import STALE_SECONDS
from voxhelm.store.results import INDEX, USED_AGAIN_SECONDS, Results, ResultsUnavailable, Usage
from voxhelm.testing.clock import ManualClock

LIMIT_BYTES = 1_000


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def results(tmp_path, clock):
    one = Results(tmp_path / "results", LIMIT_BYTES, clock.unix_seconds)
    yield one
    one.close()


def kept(results, key, size_bytes=100, tags=""):
    data = key.encode().ljust(size_bytes, b".")
    return results.keep(key, [data], size_bytes, {"of": key}, tags).forgotten


def found(results, key):
    result = results.find(key)
    if result is None:
        return None
    with result.file:
        return result.file.read().rstrip(b"."), result.facts


def blobs(tmp_path):
    return list((tmp_path / "results" / "blobs").glob("??/*"))


def test_a_result_is_found_by_its_key_also_by_another_process(results, tmp_path, clock):
    assert found(results, "a") is None
    kept(results, "a")
    assert (tmp_path / "results").stat().st_mode & 0o077 == 0
    assert found(results, "a") == (b"a", {"of": "a"})
    other = Results(tmp_path / "results", LIMIT_BYTES, clock.unix_seconds)
    assert found(other, "a") == (b"a", {"of": "a"})
    other.close()


def test_the_least_used_make_room(results, clock, tmp_path):
    for number in range(10):
        assert kept(results, f"k{number}") == 0
        clock.advance(1)
    clock.advance(USED_AGAIN_SECONDS)
    assert found(results, "k0")
    assert kept(results, "new", 150) == 2
    assert [key for key in ("k0", "k1", "k2", "k3", "new") if found(results, key)] == ["k0", "k3", "new"]
    assert results.usage().size_bytes <= LIMIT_BYTES
    assert len(blobs(tmp_path)) == results.usage().results


def test_what_is_kept_anew_counts_once(results):
    for _ in range(3):
        kept(results, "a")
    assert results.keep("b", [b"12"], 2, {}) == results.usage() == Usage(2, 102)


def test_one_that_would_push_out_the_others_is_not_kept(results):
    assert kept(results, "large", LIMIT_BYTES // 2) == 0
    assert found(results, "large") is None


def test_damage_is_no_hit_and_can_be_made_again(results, tmp_path):
    kept(results, "a")
    (path,) = blobs(tmp_path)
    path.write_bytes(b"?" * 100)
    assert found(results, "a") is None
    assert results.usage().results == 0
    kept(results, "a")
    assert found(results, "a")


def test_what_has_a_tag_is_forgotten_together_and_really_gone(results, tmp_path):
    kept(results, "a", tags="voice_1")
    kept(results, "b", tags="tone voice_1")
    kept(results, "c", tags="voice_12 voice")
    assert results.forget("voice_1") == 2
    assert [path.read_bytes()[:1] for path in blobs(tmp_path)] == [b"c"]


def test_the_same_bytes_stay_while_another_key_leads_to_them(results):
    for key, tag in (("a", "x"), ("b", "y")):
        results.keep(key, [b"same"], 4, {}, tag)
    results.forget("x")
    assert found(results, "b") == (b"same", {})


def test_everything_can_be_cleared(results, tmp_path):
    kept(results, "a")
    kept(results, "b")
    assert results.clear() == 2
    assert blobs(tmp_path) == []
    assert results.usage().size_bytes == 0


def test_an_index_that_is_none_is_begun_anew_with_what_it_had_led_to(results, tmp_path):
    kept(results, "a")
    results.close()
    for path in (tmp_path / "results").glob(f"{INDEX}*"):
        path.write_bytes(b"this is no database, whatever its name says" * 100)
    assert found(results, "a") is None
    assert blobs(tmp_path) == []
    kept(results, "b")
    assert found(results, "b")


def test_what_no_index_leads_to_is_swept_unless_somebody_may_be_about_to_note_it(results, tmp_path):
    kept(results, "a")
    (known,) = blobs(tmp_path)
    orphans = [known.with_name("ab" + "0" * 61 + last) for last in "12"]
    for orphan in orphans:
        orphan.write_bytes(b"left by a process that died")
    os.utime(orphans[0], (0, orphans[0].stat().st_mtime - 2 * STALE_SECONDS))
    results.close()
    assert found(results, "a")
    assert set(blobs(tmp_path)) == {known, orphans[1]}


def test_what_another_version_has_kept_is_not_read(results, tmp_path):
    kept(results, "a")
    results.close()
    with sqlite3.connect(tmp_path / "results" / INDEX) as index:
        index.executescript("DROP TABLE results; CREATE TABLE results (key, something_else); PRAGMA user_version = 1;")
    index.close()
    assert found(results, "a") is None
    kept(results, "a")
    assert found(results, "a")


def test_a_disk_that_does_not_play_along_is_told(tmp_path, clock):
    (tmp_path / "results").write_text("a file where the folder should be")
    results = Results(tmp_path / "results", LIMIT_BYTES, clock.unix_seconds)
    with pytest.raises(ResultsUnavailable):
        kept(results, "a")
    with pytest.raises(ResultsUnavailable):
        results.find("a")


def test_looking_makes_nothing(results, tmp_path):
    assert results.usage().results == 0
    assert not (tmp_path / "results").exists()


def test_threads_and_processes_keep_at_once_and_stay_within_the_limit(tmp_path, clock):
    code = (
        "import sys; from voxhelm.store.results import Results\n"
        "r = Results(__import__('pathlib').Path(sys.argv[1]), 1000, lambda: 1.0)\n"
        "for n in range(40): r.keep(f'{sys.argv[2]}{n}', [f'{sys.argv[2]}{n}'.encode().ljust(100)], 100, {})\n"
        "r.close()\n"
    )
    results = Results(tmp_path / "results", LIMIT_BYTES, clock.unix_seconds)

    def keeps_in_a_process(name: str) -> None:
        subprocess.run([sys.executable, "-c", code, str(tmp_path / "results"), name], check=True)

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(keeps_in_a_process, name) for name in ("p", "q")]
        work += [pool.submit(lambda name=name: [kept(results, f"{name}{number}") for number in range(40)]) for name in ("t", "u")]
        for one in work:
            one.result()
    usage = results.usage()
    assert usage.size_bytes <= LIMIT_BYTES
    assert len(blobs(tmp_path)) == usage.results
    with sqlite3.connect(Path(tmp_path, "results", INDEX)) as index:
        assert index.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    index.close()
    results.close()
