import pytest
from hypothesis import given
from hypothesis import strategies as st

from voxhelm.text.language import guess_language
from voxhelm.text.scripts import letters_by_script

PHRASES = {
    "bg": [
        "Добър ден",
        "Здравей свят",
        "Чети ми книгата",
        "Здравей",
        "Благодаря",
        "Лека нощ",
        "Довиждане",
        "Моля",
        "Утре ще вали",
        "Да",
    ],
    "ru": ["Привет", "Доброе утро", "Спасибо", "Добрый день", "Я тебя люблю", "До свидания", "Нет", "Сегодня хорошая погода"],
    "uk": ["Добрий день", "Привіт", "Дякую", "Як справи?", "Будь ласка", "Читай мені книгу", "Слава Україні"],
    "sr": ["Добар дан", "Хвала", "Довиђења", "Ово је српски језик"],
    "mk": ["Добар ден", "Благодарам", "Ќе одам утре"],
    "be": ["Прывітанне, свет", "Добры дзень", "Я жыву ў Мінску"],
    "en": [
        "Hello",
        "Hello world",
        "Good morning",
        "OK",
        "Yes",
        "No",
        "Hi",
        "Thanks",
        "Stop",
        "Test",
        "I love you",
        "Read me the book",
    ],
    "de": [
        "Guten Tag",
        "Danke",
        "Straße",
        "Wie geht es dir?",
        "Hallo Welt",
        "Der schnelle braune Fuchs springt über den faulen Hund",
    ],
    "fr": ["Bonjour", "Merci beaucoup", "Comment ça va ?", "Je t'aime", "Au revoir", "Il fait beau aujourd’hui"],
    "es": ["Hola", "Buenos días", "¿Cómo estás?", "Gracias", "Hola mundo", "El perro come la comida en la casa"],
    "it": ["Buongiorno", "Grazie mille", "Oggi il tempo è bello"],
    "pl": ["Dzień dobry", "Dziękuję"],
    "tr": ["Günaydın", "Teşekkür ederim"],
    "zh": ["你好", "你好世界", "今天天气很好"],
    "ja": ["こんにちは", "今日は天気がいいです", "東京タワー"],
    "ko": ["안녕하세요"],
    "ar": ["مرحبا", "السلام عليكم", "كيف حالك؟"],
    "fa": ["حال شما چطور است؟"],
    "el": ["Γεια σου", "Καλημέρα"],
    "he": ["שלום"],
    "hi": ["नमस्ते", "आप कैसे हैं?"],
    "th": ["สวัสดี"],
}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in PHRASES.items() for text in texts])
@pytest.mark.parametrize("default", ["en", "bg"])
def test_short_phrases(language: str, text: str, default: str) -> None:
    assert guess_language(text, default=default) == language


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("bg", "Всички хора се раждат свободни и равни по достойнство и права, и са надарени с разум и съвест."),
        ("ru", "Все люди рождаются свободными и равными в своём достоинстве и правах, они наделены разумом и совестью."),
        ("en", "All human beings are born free and equal in dignity and rights, endowed with reason and conscience."),
        ("nl", "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren, begiftigd met verstand en geweten."),
        ("fi", "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan, järjellä varustettuina."),
        ("hu", "Minden emberi lény szabadon születik és egyenlő méltósága és joga van, ésszel és lelkiismerettel bír."),
    ],
)
def test_long_sentences(language: str, text: str) -> None:
    assert guess_language(text, default="en") == language
    assert guess_language(text * 1000, default="en") == language


@pytest.mark.parametrize("text", ["", "123", "😀", "?!", "\ud800"])
def test_without_letters_it_is_the_default(text: str) -> None:
    assert guess_language(text, default="bg") == "bg"


def test_what_could_be_any_language_is_the_default_as_far_as_it_is_written_so() -> None:
    assert guess_language("Xyzzy", default="de") == "de"
    assert guess_language("Xyzzy", default="bg") == "en"
    assert guess_language("Жмжм", default="ru") == "ru"
    assert guess_language("Да", default="ru") == "ru"
    assert guess_language("東京", default="ja") == "ja"


def test_a_few_foreign_words_do_not_outweigh_the_rest() -> None:
    assert guess_language("Отворих YouTube и пуснах видео за Linux", default="en") == "bg"


@given(st.text(max_size=200))
def test_the_answer_is_always_a_code_of_two_letters(text: str) -> None:
    answer = guess_language(text, default="en")
    assert len(answer) == 2
    assert answer.isalpha()


def test_letters_are_counted_by_script() -> None:
    assert letters_by_script("abc Здравей 你好 12!") == {"cyrillic": 7, "latin": 3, "han": 2}
    assert letters_by_script("12 !") == {}
