import pytest

from voxhelm.catalog.piper_stem import PiperStem

STEMS = {
    "bg_BG-dimitar-medium": "bg/bg_BG/dimitar/medium",
    "en_GB-alba-medium": "en/en_GB/alba/medium",
    "en_US-amy-low": "en/en_US/amy/low",
    "en_GB-southern_english_female-low": "en/en_GB/southern_english_female/low",
    "en_US-libritts_r-medium": "en/en_US/libritts_r/medium",
    "en_US-lessac-high": "en/en_US/lessac/high",
    "zh_CN-huayan-x_low": "zh/zh_CN/huayan/x_low",
    "ca_ES-upc_ona-x_low": "ca/ca_ES/upc_ona/x_low",
    "vi_VN-25hours_single-low": "vi/vi_VN/25hours_single/low",
    "sr_RS-serbski_institut-medium": "sr/sr_RS/serbski_institut/medium",
    "de_DE-thorsten_emotional-medium": "de/de_DE/thorsten_emotional/medium",
    "uk_UA-ukrainian_tts-medium": "uk/uk_UA/ukrainian_tts/medium",
    "es_419-nobody-medium": "es/es_419/nobody/medium",
    # None has a hyphen in its name today; should one come, the ends still tell.
    "en_US-two-words-x_low": "en/en_US/two-words/x_low",
}


@pytest.mark.parametrize(("stem", "folder"), STEMS.items())
def test_the_folder_is_derived_from_the_stem(stem, folder):
    parsed = PiperStem.parse(stem)
    assert parsed is not None
    assert (parsed.stem, parsed.folder) == (stem, folder)
    assert parsed.files[:2] == (f"{stem}.onnx", f"{stem}.onnx.json")


@pytest.mark.parametrize(
    "text",
    ["", "bg_BG", "bg_BG-dimitar", "bg-dimitar-medium", "bg_bg-dimitar-medium", "bg_BG-dimitar-enormous", "bg_BG--medium",
     "bg_BG-di/mitar-medium", "bg_BG-../..-low", "bg_BG-dimitar-medium.onnx", "bg_BG-dimitar-medium\n"],
)  # fmt: skip
def test_what_is_no_stem_is_none(text):
    assert PiperStem.parse(text) is None
