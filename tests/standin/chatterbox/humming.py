"""The model behind the three classes."""

import os
import wave
from pathlib import Path

import numpy as np
import torch

RATE_HZ = 24_000
SECONDS_PER_CHARACTER = 0.06
OWN_PITCH_HZ = 200.0


class Network:
    """The part that may count with fewer bits."""

    def __init__(self):
        self.dtype = torch.float32

    def to(self, dtype):
        self.dtype = dtype

    def inference(self, text):
        # A text with this in it is more than the memory holds.
        if "out of memory" in text:
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB")
        return len(text)


class Humming:
    """What the three classes do alike."""

    FILES = ()

    def __init__(self, own_voice):
        assert os.environ["HF_HUB_OFFLINE"] == "1", "it would ask a hub"
        self.sr = RATE_HZ
        self.t3 = Network()
        self.conds = own_voice
        self.learnt = 0

    @classmethod
    def from_local(cls, ckpt_dir, device):
        folder = Path(ckpt_dir)
        for name in cls.FILES:
            (folder / name).read_bytes()
        assert device in ("cpu", "cuda")
        return cls(OWN_PITCH_HZ if (folder / "conds.pt").exists() else None)

    def prepare_conditionals(self, wav_fpath, exaggeration=0.5):
        with wave.open(wav_fpath) as file:
            assert file.getnframes() > 5 * file.getframerate(), "Audio prompt must be longer than 5 seconds!"
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(float)
            rate_hz = file.getframerate()
        self.learnt += 1
        # A hum of the pitch of the recording.
        self.conds = float(np.argmax(np.abs(np.fft.rfft(samples))) * rate_hz / len(samples))

    def hum(self, text, pitch_hz, temperature=0.8):
        samples = round(self.t3.inference(text) * SECONDS_PER_CHARACTER * RATE_HZ)
        tone = 0.3 * np.sin(2 * np.pi * pitch_hz * np.arange(samples) / RATE_HZ)
        return torch.Tensor((tone * temperature / 0.8).astype(np.float32)[np.newaxis])
