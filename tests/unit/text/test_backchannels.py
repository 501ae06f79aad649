import pytest

from voxhelm.text.backchannels import _PHRASES, MOST_PHRASES, is_backchannel, may_become_backchannel

LISTENING = {
    "en": [
        "Mm-hm.",
        "Mhm",
        "mmm",
        "Uh-huh.",
        "Yeah.",
        "Yeah, yeah.",
        "yeah yeah yeah",
        "Okay.",
        "OK",
        "Right.",
        "I see.",
        "Got it.",
    ],
    "bg": ["ъхъ", "Ъхъ.", "Аха.", "Да.", "Да, да.", "добре", "Ясно.", "Разбирам.", "Точно така.", "мхм", "Дааа"],
    "de": ["Ja.", "Ja, ja.", "Mhm.", "Genau.", "Ach so.", "Okay, verstehe.", "Stimmt."],
    "fr": ["Oui.", "Ouais, ouais.", "D'accord.", "D’accord.", "C'est ça.", "Ah bon.", "Je vois."],
    "es": ["Sí.", "Sí, sí.", "Claro.", "Vale.", "Ajá.", "Ya veo.", "De acuerdo."],
    "it": ["Sì.", "Certo.", "Va bene.", "Ho capito.", "D'accordo.", "Esatto."],
    "nl": ["Ja.", "Ja ja.", "Oké.", "Precies.", "Snap ik.", "Dat klopt."],
    "pl": ["Tak.", "No tak.", "Aha.", "Rozumiem.", "Dokładnie.", "No właśnie."],
    "pt": ["Sim.", "Pois é.", "Tá bom.", "Entendi.", "Claro.", "Uhum."],
    "ru": ["Да.", "Да, да.", "Угу.", "Ага.", "Понятно.", "Хорошо.", "Конечно."],
    "uk": ["Так.", "Так, так.", "Угу.", "Зрозуміло.", "Добре.", "Авжеж."],
    "tr": ["Evet.", "Hı hı.", "Tamam.", "Anladım.", "İyi.", "Aynen öyle."],
    "ja": ["はい。", "はいはい", "うん、うん。", "そうですね。", "なるほど", "へー", "ふーん。"],
    "zh": ["嗯。", "嗯嗯", "对对对。", "好的。", "明白了。", "是的，没错。"],
}
TAKING_THE_FLOOR = {
    "en": [
        "No.",
        "no no",
        "Stop.",
        "Wait.",
        "Yeah, but",
        "yeah no",
        "okay wait",
        "Uh-uh.",
        "Thank you.",
        "So",
        "Well",
        "What",
        "Hold on.",
    ],
    "bg": ["Не.", "не, не", "Чакай.", "Стоп.", "Спри.", "Да, но", "аха, чакай", "Благодаря.", "Какво"],
    "de": ["Nein.", "Halt.", "Warte.", "Stopp.", "Ja, aber", "Moment.", "Doch."],
    "fr": ["Non.", "Attends.", "Arrête.", "Stop.", "Oui, mais", "Merci."],
    "es": ["No.", "Espera.", "Para.", "Sí, pero", "Basta.", "Gracias."],
    "it": ["No.", "Aspetta.", "Ferma.", "Sì, ma", "Basta."],
    "nl": ["Nee.", "Wacht.", "Stop.", "Ja, maar"],
    "pl": ["Nie.", "Czekaj.", "Stop.", "Tak, ale", "no"],
    "pt": ["Não.", "Espera.", "Para.", "Sim, mas"],
    "ru": ["Нет.", "Не надо.", "Подожди.", "Стоп.", "Да, но", "Хватит."],
    "uk": ["Ні.", "Не треба.", "Зачекай.", "Стоп.", "Так, але"],
    "tr": ["Hayır.", "Dur.", "Bekle.", "Evet, ama", "Yok."],
    "ja": ["いいえ。", "いや", "待って。", "ちょっと待って", "はい、でも"],
    "zh": ["不。", "不是。", "等一下。", "停。", "对，但是"],
}


@pytest.mark.parametrize(("language", "transcript"), [(code, text) for code, texts in LISTENING.items() for text in texts])
def test_signs_of_listening_are_heard_as_such(language, transcript):
    assert is_backchannel(transcript, language)


@pytest.mark.parametrize(("language", "transcript"), [(code, text) for code, texts in TAKING_THE_FLOOR.items() for text in texts])
def test_words_that_take_the_floor_never_count(language, transcript):
    assert not is_backchannel(transcript, language)


@pytest.mark.parametrize("language", list(LISTENING))
def test_every_language_has_a_list_and_a_sentence_of_it_is_none(language):
    assert language in _PHRASES
    assert not is_backchannel("the train to Sofia leaves at seven" if language not in {"ja", "zh"} else "明天去北京", language)


@pytest.mark.parametrize("language", list(LISTENING))
def test_a_region_behind_the_language_makes_no_difference(language):
    assert is_backchannel(LISTENING[language][0], f"{language.upper()}-XX")


@pytest.mark.parametrize("transcript", ["Right?", "Okay?", "Yeah？", "Really?"])
def test_a_question_wants_an_answer(transcript):
    assert not is_backchannel(transcript, "en")


def test_up_to_three_of_them_are_still_listening():
    assert MOST_PHRASES == 3
    assert is_backchannel("Yeah, okay, I see.", "en")
    assert not is_backchannel("Yeah, okay, I see, right.", "en")


def test_drawn_out_and_loud_is_the_same():
    assert is_backchannel("YEAAAAH... OKAAAY!", "en")


@pytest.mark.parametrize("transcript", ["", "   ", "...", "?!", "42", "yeah 42"])
def test_nothing_and_numbers_are_none(transcript):
    assert not is_backchannel(transcript, "en")


@pytest.mark.parametrize("transcript", ["Mm-hm.", "Hmm", "uh-huh", "Aha.", "Okay.", "Ъхъ", "угу"])
def test_without_a_language_sounds_that_mean_the_same_everywhere_count(transcript):
    assert is_backchannel(transcript, None)
    assert is_backchannel(transcript, "sv")


@pytest.mark.parametrize("transcript", ["Yeah", "да", "ja", "si", "no", "tak", "так", "вот"])
def test_without_a_language_words_do_not_count(transcript):
    assert not is_backchannel(transcript, None)


def test_a_word_of_one_language_counts_for_no_other():
    assert is_backchannel("так", "uk")
    assert not is_backchannel("так", "ru")
    assert not is_backchannel("ja", "en")


@pytest.mark.parametrize("language", ["en", "ja", None])
def test_a_transcript_without_end_is_none(language):
    assert not is_backchannel("m" * 100_000, language)
    assert not is_backchannel("yeah " * 100_000, language)


@pytest.mark.parametrize(
    ("partial", "language"),
    [
        ("", "en"),
        ("Yeah", "en"),
        ("I", "en"),
        ("That's", "en"),
        ("Yeah, that's", "en"),
        ("pois", "pt"),
        ("そう", "ja"),
        ("そ", "ja"),
    ],
)
def test_the_beginning_of_a_sign_of_listening_may_become_one(partial, language):
    assert may_become_backchannel(partial, language)


@pytest.mark.parametrize("partial", ["No", "I want", "Wait", "Yeah, but", "Right?", "yeah " * 4, "m" * 100_000])
def test_what_can_be_no_sign_of_listening_any_more_is_known_at_once(partial):
    assert not may_become_backchannel(partial, "en")


@pytest.mark.parametrize(("language", "transcript"), [(code, text) for code, texts in LISTENING.items() for text in texts])
def test_while_the_language_is_not_known_those_of_all_languages_may(language, transcript):
    assert may_become_backchannel(transcript, None)
    assert may_become_backchannel(transcript, language)


@pytest.mark.parametrize("transcript", ["wait", "stop", "чакай", "espera", "the train to Sofia", "не"])
def test_what_is_one_in_no_language_may_not(transcript):
    assert not may_become_backchannel(transcript, None)
