import pytest

from voxhelm.domain.memory import is_out_of_memory


@pytest.mark.parametrize(
    "message",
    [
        "CUDA failed with error out of memory",
        "CUDNN_STATUS_ALLOC_FAILED",
        "bfc_arena.cc:376 Failed to allocate memory for requested buffer of size 4194304",
        "std::bad_alloc",
    ],
)
def test_every_runtime_has_words_of_its_own_for_a_full_memory(message):
    assert is_out_of_memory(message)


def test_a_missing_file_is_something_else():
    assert not is_out_of_memory("File doesn't exist")
