"""The voices of the service that are listed: one woman and one man per country. It has more, by the same pattern of names."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from voxhelm.domain.voice import Voice

PATTERN: Final = re.compile(r"(?P<language>[a-z]{2,3})-(?P<region>[A-Z]{2}(?:-[a-z]{2,10})?)-(?P<name>[A-Z][A-Za-z]{1,40})Neural")
# Other codes of the same language, as texts are told by.
ALSO: Final[Mapping[str, str]] = {"nb": "no", "fil": "tl"}
# The first country of a language is the usual one. The service is the judge of what it has: a name it has given up is refused there.
VOICES: Final[Mapping[str, tuple[str, str]]] = {
    "en-US": ("EmmaMultilingual", "AndrewMultilingual"),
    "en-GB": ("Sonia", "Ryan"),
    "en-AU": ("Natasha", "William"),
    "en-CA": ("Clara", "Liam"),
    "en-IE": ("Emily", "Connor"),
    "en-IN": ("Neerja", "Prabhat"),
    "af-ZA": ("Adri", "Willem"),
    "am-ET": ("Mekdes", "Ameha"),
    "ar-SA": ("Zariyah", "Hamed"),
    "ar-EG": ("Salma", "Shakir"),
    "az-AZ": ("Banu", "Babek"),
    "bg-BG": ("Kalina", "Borislav"),
    "bn-BD": ("Nabanita", "Pradeep"),
    "bs-BA": ("Vesna", "Goran"),
    "ca-ES": ("Joana", "Enric"),
    "cs-CZ": ("Vlasta", "Antonin"),
    "cy-GB": ("Nia", "Aled"),
    "da-DK": ("Christel", "Jeppe"),
    "de-DE": ("Katja", "Conrad"),
    "de-AT": ("Ingrid", "Jonas"),
    "de-CH": ("Leni", "Jan"),
    "el-GR": ("Athina", "Nestoras"),
    "es-ES": ("Elvira", "Alvaro"),
    "es-MX": ("Dalia", "Jorge"),
    "et-EE": ("Anu", "Kert"),
    "fa-IR": ("Dilara", "Farid"),
    "fi-FI": ("Noora", "Harri"),
    "fil-PH": ("Blessica", "Angelo"),
    "fr-FR": ("Denise", "Henri"),
    "fr-CA": ("Sylvie", "Antoine"),
    "ga-IE": ("Orla", "Colm"),
    "gl-ES": ("Sabela", "Roi"),
    "gu-IN": ("Dhwani", "Niranjan"),
    "he-IL": ("Hila", "Avri"),
    "hi-IN": ("Swara", "Madhur"),
    "hr-HR": ("Gabrijela", "Srecko"),
    "hu-HU": ("Noemi", "Tamas"),
    "id-ID": ("Gadis", "Ardi"),
    "is-IS": ("Gudrun", "Gunnar"),
    "it-IT": ("Elsa", "Diego"),
    "ja-JP": ("Nanami", "Keita"),
    "ka-GE": ("Eka", "Giorgi"),
    "kk-KZ": ("Aigul", "Daulet"),
    "ko-KR": ("SunHi", "InJoon"),
    "lt-LT": ("Ona", "Leonas"),
    "lv-LV": ("Everita", "Nils"),
    "mk-MK": ("Marija", "Aleksandar"),
    "ml-IN": ("Sobhana", "Midhun"),
    "mn-MN": ("Yesui", "Bataa"),
    "mr-IN": ("Aarohi", "Manohar"),
    "ms-MY": ("Yasmin", "Osman"),
    "mt-MT": ("Grace", "Joseph"),
    "nb-NO": ("Pernille", "Finn"),
    "nl-NL": ("Colette", "Maarten"),
    "nl-BE": ("Dena", "Arnaud"),
    "pl-PL": ("Zofia", "Marek"),
    "pt-BR": ("Francisca", "Antonio"),
    "pt-PT": ("Raquel", "Duarte"),
    "ro-RO": ("Alina", "Emil"),
    "ru-RU": ("Svetlana", "Dmitry"),
    "sk-SK": ("Viktoria", "Lukas"),
    "sl-SI": ("Petra", "Rok"),
    "sq-AL": ("Anila", "Ilir"),
    "sr-RS": ("Sophie", "Nicholas"),
    "sv-SE": ("Sofie", "Mattias"),
    "sw-KE": ("Zuri", "Rafiki"),
    "ta-IN": ("Pallavi", "Valluvar"),
    "te-IN": ("Shruti", "Mohan"),
    "th-TH": ("Premwadee", "Niwat"),
    "tr-TR": ("Emel", "Ahmet"),
    "uk-UA": ("Polina", "Ostap"),
    "ur-PK": ("Uzma", "Asad"),
    "uz-UZ": ("Madina", "Sardor"),
    "vi-VN": ("HoaiMy", "NamMinh"),
    "zh-CN": ("Xiaoxiao", "Yunyang"),
    "zh-TW": ("HsiaoChen", "YunJhe"),
}


def listed_voices() -> Sequence[Voice]:
    """Every voice of the table."""
    return [
        Voice(f"{locale}-{name}Neural", name, _languages(locale), gender)
        for locale, names in VOICES.items()
        for name, gender in zip(names, ("female", "male"), strict=True)
    ]


def find_voice(_listed: Mapping[str, Voice], wanted: str) -> Voice | None:
    """The voice that a name of the service's pattern, such as `es-AR-ElenaNeural`, stands for; None for other names."""
    match = PATTERN.fullmatch(wanted)
    if match is None:
        return None
    return Voice(wanted, match["name"], _languages(f"{match['language']}-{match['region']}"))


def _languages(locale: str) -> tuple[str, ...]:
    language, _, region = locale.lower().partition("-")
    return tuple(f"{one}-{region}" for one in (language, ALSO.get(language)) if one is not None)
