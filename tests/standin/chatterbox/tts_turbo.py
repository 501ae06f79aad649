from .humming import Humming


class ChatterboxTurboTTS(Humming):
    FILES = ("ve.safetensors", "t3_turbo_v1.safetensors", "s3gen_meanflow.safetensors")

    def generate(self, text, repetition_penalty=1.2, top_p=0.95, temperature=0.8, top_k=1000):
        assert self.conds is not None
        return self.hum(text, self.conds, temperature)
