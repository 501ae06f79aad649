from contextlib import suppress

from .humming import Humming
from .models.tokenizers import tokenizer

# Each language is hummed so much higher, so that a test can tell which one was asked for.
STEP_HZ = {"en": 0.0, "de": 50.0, "fr": 100.0, "ru": 150.0, "zh": 200.0}


class ChatterboxMultilingualTTS(Humming):
    FILES = ("ve.pt", "t3_mtl23ls_v2.safetensors", "s3gen.pt", "grapheme_mtl_merged_expanded_v1.json")

    @classmethod
    def from_local(cls, ckpt_dir, device):
        with suppress(FileNotFoundError):
            tokenizer.hf_hub_download(repo_id="ResembleAI/chatterbox", filename="Cangjie5_TC.json", cache_dir=ckpt_dir)
        return super().from_local(ckpt_dir, device)

    def generate(
        self,
        text,
        language_id,
        audio_prompt_path=None,
        exaggeration=0.5,
        cfg_weight=0.5,
        temperature=0.8,
        repetition_penalty=2.0,
        min_p=0.05,
        top_p=1.0,
    ):
        assert self.conds is not None
        return self.hum(text, self.conds + STEP_HZ[language_id], temperature)
