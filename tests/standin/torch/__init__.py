"""As much of PyTorch as the engine for Chatterbox touches. What was done with it can be asked for."""

from contextlib import contextmanager

from . import cuda as cuda

float16, bfloat16, float32 = "float16", "bfloat16", "float32"
seeds = []
casts = []


class Tensor:
    """Numbers of a shape, on a device."""

    def __init__(self, numbers):
        self._numbers = numbers

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self._numbers


def manual_seed(seed):
    seeds.append(seed)


@contextmanager
def autocast(device_type, dtype, cache_enabled):
    casts.append((device_type, dtype, cache_enabled))
    yield
