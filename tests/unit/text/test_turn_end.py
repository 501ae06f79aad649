import pytest
from hypothesis import given
from hypothesis import strategies as some

from voxhelm.text.turn_end import (
    ANSWER,
    HESITATION,
    LEANING,
    LEANING_STOPPED,
    NEUTRAL,
    NUMBER,
    OPEN,
    OPEN_STOPPED,
    QUESTION,
    STOPPED,
    STUMBLE,
    TRAILING,
    UNMARKED,
    UNMARKED_QUESTION,
    WHOLE_NUMBER,
    finished_probability,
)
from voxhelm.text.turn_words import BY_LANGUAGE

UNFINISHED = {
    "en": ["I would like a table and", "Give me the", "I cannot come because", "Um.", "It is, you know", "My", "Let me think."],
    "bg": ["Искам една маса и", "Не мога да", "Няма да дойда, защото", "Ъъъ", "Моята", "Един момент.", "Това е, как да кажа"],
    "de": ["Ich hätte gern ein", "Ich komme nicht, weil", "Ähm", "Moment.", "Das ist mein", "Ich möchte und"],
    "fr": ["Je voudrais une", "Je ne viens pas parce que", "Euh", "C'est", "Attendez.", "Je prends le"],
    "es": ["Quiero una", "No voy porque", "Eh", "Espera.", "Es mi", "Quiero pan y"],
    "it": ["Vorrei un", "Non vengo perché", "Ehm", "Un attimo.", "È la mia", "Vorrei pane e"],
    "nl": ["Ik wil graag een", "Ik kom niet omdat", "Ehm", "Wacht even.", "Dat is mijn"],
    "pl": ["Nie przyjdę, bo", "Chcę chleb i", "Yyy", "Chwileczkę.", "To jest mój", "Powiedział, że"],
    "pt": ["Quero uma", "Não vou porque", "Hum", "Só um momento.", "É o meu", "Quero pão e"],
    "ru": ["Я не приду, потому что", "Хочу хлеб и", "Эээ", "Секундочку.", "Это мой", "Он сказал, что"],
    "uk": ["Я не прийду, бо", "Хочу хліб і", "Еее", "Хвилинку.", "Це мій", "Він сказав, що"],
    "tr": ["Ekmek ve", "Gelmeyeceğim çünkü", "Şey", "Bir dakika.", "Bu benim"],
    "ja": ["明日は", "東京に", "えーと", "ちょっと待ってください。", "雨だから行かない、でも"],
    "zh": ["我不去，因为", "我想要一个", "嗯，那个", "等一下。", "面包和"],
}
FINISHED = {
    "en": ["I would like a table for two.", "Where is the station?", "Yes.", "no", "Thank you very much.", "No, no. Thank you."],
    "bg": ["Искам маса за двама.", "Къде е гарата?", "Да.", "не", "Благодаря.", "Не, благодаря.", "да"],
    "de": ["Ich hätte gern einen Tisch.", "Wo ist der Bahnhof?", "Ja.", "nein", "Vielen Dank."],
    "fr": ["Je voudrais une table.", "Où est la gare ?", "Oui.", "non", "Merci beaucoup.", "D’accord."],
    "es": ["Quiero una mesa.", "¿Dónde está la estación?", "Sí.", "no", "Muchas gracias."],
    "it": ["Vorrei un tavolo.", "Dov'è la stazione?", "Sì.", "no", "Grazie mille."],
    "nl": ["Ik wil graag een tafel.", "Waar is het station?", "Ja.", "nee", "Dank u wel."],
    "pl": ["Chcę stolik dla dwojga.", "Gdzie jest dworzec?", "Tak.", "nie", "Dziękuję."],
    "pt": ["Quero uma mesa.", "Onde fica a estação?", "Sim.", "não", "Muito obrigado."],
    "ru": ["Мне столик на двоих.", "Где вокзал?", "Да.", "нет", "Большое спасибо."],
    "uk": ["Мені столик на двох.", "Де вокзал?", "Так.", "ні", "Дуже дякую."],
    "tr": ["İki kişilik masa istiyorum.", "İstasyon nerede?", "Evet.", "hayır", "Teşekkür ederim."],
    "ja": ["明日東京に行きます。", "駅はどこですか？", "はい。", "いいえ", "ありがとうございます。", "明日行きます"],
    "zh": ["我要两个人的桌子。", "车站在哪里？", "是的。", "不是", "谢谢。", "你好吗", "嗯"],
}


@pytest.mark.parametrize(("language", "transcript"), [(code, text) for code, texts in UNFINISHED.items() for text in texts])
def test_what_cannot_be_all_reads_unfinished(language, transcript):
    assert finished_probability(transcript, language) <= TRAILING


@pytest.mark.parametrize(("language", "transcript"), [(code, text) for code, texts in FINISHED.items() for text in texts])
def test_what_may_be_all_reads_finished(language, transcript):
    assert finished_probability(transcript, language) >= STOPPED


def test_both_tables_have_every_language():
    assert set(UNFINISHED) == set(FINISHED) == set(BY_LANGUAGE)


@pytest.mark.parametrize(
    "transcript", ["Well, I was going to...", "I was going to…", "I thought,", "There are two:", "He said -", "and—"]
)
def test_a_voice_that_stays_up_or_breaks_off_is_not_done(transcript):
    assert finished_probability(transcript, "en") == TRAILING
    assert finished_probability(transcript, None) == TRAILING


def test_a_full_stop_behind_a_conjunction_is_worth_little():
    assert finished_probability("I came and", "en") == OPEN
    assert finished_probability("I came and.", "en") == OPEN_STOPPED < NEUTRAL


def test_what_seldom_stands_last_may():
    assert finished_probability("I am looking for", "en") == LEANING
    assert finished_probability("That is the one I came for.", "en") == LEANING_STOPPED
    assert finished_probability("What is it for?", "en") == QUESTION


@pytest.mark.parametrize(
    "transcript", ["I can't wait.", "She did well.", "Das geht im Moment.", "Es muy bueno.", "Сега, в този момент."]
)
def test_a_word_that_asks_for_time_does_so_only_by_itself(transcript):
    language = {"D": "de", "E": "es", "С": "bg"}.get(transcript[0], "en")
    assert finished_probability(transcript, language) == STOPPED
    assert finished_probability("Yes, wait.", "en") == HESITATION


@pytest.mark.parametrize("transcript", ["yes", "Yes.", "Yes!", "no no no", "No, thank you.", "Bye-bye.", "bye bye", "Stop."])
def test_an_answer_needs_nothing_more(transcript):
    assert finished_probability(transcript, "en") >= ANSWER


def test_an_answer_that_goes_on_is_none():
    assert finished_probability("Yes, but", "en") == OPEN
    assert finished_probability("No,", "en") == TRAILING
    assert finished_probability("No the", "en") == OPEN


@pytest.mark.parametrize(
    "transcript",
    [
        "My number is 555",
        "My number is 555.",
        "It is 0887 12",
        "five five five one",
        "The code is one",
        "555-12",
        "0887",
        "55512",
        "It's 555, 12",
    ],
)
def test_a_number_that_is_being_dictated_is_waited_for(transcript):
    assert finished_probability(transcript, "en") == NUMBER


@pytest.mark.parametrize(
    ("transcript", "language"),
    [("Номерът е 0887", "bg"), ("Mein Code ist 12", "de"), ("電話番号は090", "ja"), ("我的手机是138", "zh")],
)
def test_numbers_are_dictated_in_every_language(transcript, language):
    assert finished_probability(transcript, language) == NUMBER


def test_as_many_digits_as_a_telephone_number_has_may_be_all():
    assert finished_probability("My number is 0887 123 456.", "en") == WHOLE_NUMBER
    assert finished_probability("oh eight eight seven one two three four five six", "en") == WHOLE_NUMBER


@pytest.mark.parametrize(
    "transcript", ["I was born in 1984.", "It costs 250.", "See you at 12:30.", "About 3.5.", "I have two.", "Twenty five."]
)
def test_amounts_years_and_times_are_no_dictation(transcript):
    assert finished_probability(transcript, "en") == STOPPED


def test_who_stumbles_goes_on():
    assert finished_probability("i want i want want", "en") == STUMBLE
    assert finished_probability("That was very very good good.", "en") == STOPPED


def test_a_recogniser_that_writes_marks_and_puts_none_means_something():
    assert finished_probability("I would like a table", "en") == UNMARKED
    assert finished_probability("yesterday. i would like a table", "en") == UNMARKED
    assert finished_probability("i would like a table", "en") == NEUTRAL


def test_a_question_is_known_by_its_first_word_where_nobody_writes_marks():
    assert finished_probability("what time is it now", "en") == UNMARKED_QUESTION
    assert finished_probability("what time", "en") == NEUTRAL


@pytest.mark.parametrize("transcript", ["", " ", "...", "?"])
def test_nothing_tells_nothing(transcript):
    assert finished_probability(transcript, "en") == NEUTRAL


def test_without_a_language_only_marks_figures_and_sounds_tell():
    assert finished_probability("i came and", None) == finished_probability("i came and", "sv") == NEUTRAL
    assert finished_probability("Is it?", None) == QUESTION
    assert finished_probability("I came, uhm", None) == HESITATION
    assert finished_probability("555 12 13", None) == NUMBER


def test_quotation_marks_do_not_hide_the_end():
    assert finished_probability("He said “stop it.”", "en") == STOPPED
    assert finished_probability("She asked: «where?»", "en") == QUESTION


def test_a_region_behind_the_language_makes_no_difference():
    assert finished_probability("I came and", "en-GB") == OPEN


@given(some.text(max_size=300), some.sampled_from([None, *BY_LANGUAGE]))
def test_whatever_was_heard_the_answer_is_a_probability(transcript, language):
    assert 0.0 <= finished_probability(transcript, language) <= 1.0


def test_a_long_turn_is_judged_by_its_end():
    assert finished_probability("word " * 100_000 + "and", "en") == OPEN
