"""Words so frequent that a few of them tell a short text's language: function words and greetings."""

# ruff: noqa: SIM905 - a table of words reads better as words

from collections.abc import Mapping
from typing import Final

# Languages in order of preference where their words are equally many.
CYRILLIC: Final[Mapping[str, frozenset[str]]] = {
    "bg": frozenset(
        """
        и в на за се да не е са от с по че ще ме ми те ти си съм сме сте това този тази тези какво как къде кога кой коя защо много добър
        добро добра ден утро вечер здравей здравейте благодаря моля довиждане лека нощ утре днес вчера той тя ние вие мен него беше има
        няма или до при като само още свят книгата хубаво обичам мерси чао може трябва искам
        """.split()
    ),
    "ru": frozenset(
        """
        и в не на я он она мы вы они что как это все по но да нет ты к у за из мне меня тебя от для был была было есть или только уже очень
        привет здравствуйте спасибо пожалуйста доброе добрый добрая день утро вечер ночь до свидания сегодня завтра вчера где когда кто
        почему хорошо мир книгу дела люблю можно надо хочу пока
        """.split()
    ),
    "uk": frozenset(
        """
        і й та в у не на що як це я ти ви ми він вона вони з із до за але від для був була було є або тільки вже дуже привіт вітаю дякую
        будь ласка добрий доброго доброї добра день ранку вечір ніч так ні немає сьогодні завтра вчора де коли хто чому мене мені тебе
        книгу побачення люблю можна треба хочу
        """.split()
    ),
    "sr": frozenset(
        """
        и у је на се да не за са од што како где када много здраво хвала добар добро дан јутро вече молим као сам си смо сте ово оно то
        овај нема има али или ја ти он она ми ви данас сутра довиђења волим
        """.split()
    ),
    "mk": frozenset(
        """
        и во на се да не е за со од што како каде кога многу здраво благодарам добар добро ден утро вечер молам сум си сме сте тоа ова овој
        нема има но или јас ти тој таа ние вие денес утре ќе сакам
        """.split()
    ),
    "be": frozenset(
        """
        і й у ў не на што як гэта я ты вы мы ён яна яны з да за ад для добры дзень дзякуй прывітанне калі ласка дзе
        """.split()
    ),
}

LATIN: Final[Mapping[str, frozenset[str]]] = {
    "en": frozenset(
        """
        the a an and or of to in on at is are was were be it i you he she we they me my your this that what where when who why how not
        no yes with for from have has do does will can please thanks thank hello hi hey good morning evening night bye goodbye ok okay
        there here today tomorrow world love one two three test testing stop start weather
        """.split()
    ),
    "de": frozenset(
        """
        der die das und oder ist sind war ein eine nicht ja nein ich du er sie wir ihr mir dir mich dich mit von zu in im auf für was wo
        wann wer warum wie geht es hallo guten gute tag morgen abend nacht danke bitte tschüss auch heute welt liebe
        """.split()
    ),
    "fr": frozenset(
        """
        le la les un une des et ou est sont était ne pas oui non je tu il elle nous vous ils me te moi toi avec de du dans sur pour que
        qui quoi où quand comment pourquoi ça bonjour bonsoir salut merci beaucoup revoir aujourd hui demain monde aime
        """.split()
    ),
    "es": frozenset(
        """
        el la los las un una y o es son era no sí si yo tú él ella nosotros ellos me te con de del en por para que qué quién dónde cuándo
        cómo está estás hola buenos buenas días tardes noches gracias adiós hoy mañana mundo quiero muy favor
        """.split()
    ),
    "it": frozenset(
        """
        il lo la i gli le un una e o è sono era non sì no io tu lui lei noi voi mi ti con di del della in per che chi cosa dove quando
        come perché stai sto ciao buongiorno buonasera buonanotte grazie mille prego arrivederci oggi domani mondo molto bello amo
        """.split()
    ),
    "pt": frozenset(
        """
        o a os as um uma e ou é são era não sim eu tu ele ela nós você me te com de do da em no na por para que quem onde quando como
        olá oi bom boa dia tarde noite obrigado obrigada tchau hoje amanhã mundo muito está tudo bem
        """.split()
    ),
    "nl": frozenset(
        """
        de het een en of is zijn was niet ja nee ik jij je hij zij wij we mij met van te in op voor wat waar wanneer wie waarom hoe hallo
        goedemorgen goedenavond dag dank dankjewel alsjeblieft vandaag morgen wereld gaat goede
        """.split()
    ),
    "pl": frozenset(
        """
        i w na z do nie tak jest są był ja ty on ona my wy oni mnie ciebie co gdzie kiedy kto dlaczego jak się że to dzień dobry dobranoc
        cześć dziękuję proszę dzisiaj jutro świat masz kocham
        """.split()
    ),
    "ro": frozenset(
        """
        și în la de cu nu da este sunt era eu tu el ea noi voi mă te ce unde când cine cum pentru bună ziua dimineața seara mulțumesc salut
        azi mâine lume foarte
        """.split()
    ),
    "cs": frozenset(
        """
        a v na s do ne ano je jsou byl já ty on ona my vy mě co kde kdy kdo proč jak se že to dobrý den ráno večer ahoj děkuji
        prosím dnes
        """.split()
    ),
    "tr": frozenset(
        """
        ve bir bu şu o ben sen biz siz onlar mi mı ne nerede ne kim neden nasıl için ile değil evet hayır var yok çok merhaba selam
        günaydın teşekkür ederim teşekkürler lütfen bugün yarın dünya iyi
        """.split()
    ),
    "sv": frozenset(
        """
        och en ett är var inte ja nej jag du han hon vi ni mig dig med av till på för vad när vem hur hej god tack idag
        """.split()
    ),
}
