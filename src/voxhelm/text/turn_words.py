"""Words that tell, where they stand last, whether a speaker is done: by language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class TurnWords:
    """What tells in one language. Everything in lower case.

    open: words that no sentence ends with: conjunctions, articles, possessives.
    leaning: words that seldom stand last, but may, most of all in questions: prepositions, auxiliaries, pronouns of the subject.
    hesitations: sounds and phrases with which a speaker keeps the floor, wherever they stand last; several words are one phrase.
    holding: the same, but only where nothing else is said in the same clause: "wait", and not "I can't wait".
    answers: what is a whole turn by itself.
    asking: words that questions begin with.
    digits: how single digits are said.
    numbered: words that say that a number is to be dictated.
    closing: of languages written without spaces, endings after which a sentence is over.
    joined: whether it is written without spaces; then `open` and `leaning` are endings of the text.
    """

    open: tuple[str, ...] = ()
    leaning: tuple[str, ...] = ()
    hesitations: tuple[str, ...] = ()
    holding: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    asking: tuple[str, ...] = ()
    digits: tuple[str, ...] = ()
    numbered: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    joined: bool = False


def _words(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def _listed(phrases: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase.split()) for phrase in phrases.split(","))


# Sounds that are words of none of the languages below. "Um" is one of German and Portuguese, where no sentence ends with it either.
ANY_LANGUAGE: Final = TurnWords(
    hesitations=_listed(
        "um, umm, uh, uhh, uhm, erm, hm, hmm, mmm, ehm, äh, ähm, euh, ъъ, ъъъ, ъм, эм, ээ, эээ, えーと, ええと, 嗯"
    ),
)

BY_LANGUAGE: Final[Mapping[str, TurnWords]] = {
    "en": TurnWords(
        open=_words("""
            and but or nor because cause cuz if unless although whereas while the a an my your our their its every than whose
            whether i'm we're they're you're he's she's it's that's there's i've we've you've they've i'll we'll you'll they'll
            i'd let's
        """),
        leaning=_words("""
            to of for with from in on at by about into onto like is are was were am be been has had can could will would should
            must may might does did gonna wanna very such some any as so though not i we they he she between without through
            during until per which when where
        """),
        hesitations=_listed("""
            um, umm, uh, uhh, uhm, erm, er, hm, hmm, mm, mmm, you know, i mean, let me see, let me think, let's see,
            give me a second, give me a moment, how do you say, what's it called, how should i put it, what was it
        """),
        holding=_listed("well, one second, one moment, just a second, just a moment, wait, hold on, hang on"),
        answers=_listed("""
            yes, yeah, yep, yup, no, nope, nah, okay, ok, sure, right, correct, exactly, of course, thanks, thank you,
            thank you very much, please, yes please, stop, hello, hi, hey, goodbye, bye, bye bye, bye-bye, good morning, never, always,
            maybe, i don't know, i think so, i hope so, not really, no thanks, no thank you, that's all, that's it, none, nothing,
            both, neither, cancel, help, go on, go ahead
        """),
        asking=_words("what when where who whom whose why which how is are do does did can could would will should may am"),
        digits=_words("zero oh one two three four five six seven eight nine double triple"),
        numbered=_words("number phone code pin zip postcode card account extension"),
    ),
    "bg": TurnWords(
        open=_words("""
            и а но или че защото понеже ако когато докато макар която който което които чийто чиято да ще най моя моят моята моето
            моите твоя твоят твоята твоето твоите нашия нашият нашата вашия вашият вашата един една едно едни някакъв някаква
        """),
        leaning=_words("""
            в във на с със за от до при през под над без между към по след преди около според заради освен като съм си е сме сте
            са бях беше бяха бил се мога може искам трябва много толкова аз ние тя той те дали
        """),
        hesitations=_listed("""
            ъ, ъъ, ъъъ, ъм, ъмм, ам, амм, хм, хмм, мм, демек, как да кажа, как се казваше, да помисля, чакай да помисля
        """),
        holding=_listed("ами, значи, такова, чакай, чакайте, момент, един момент, секунда, една секунда, да видим"),
        answers=_listed("""
            да, не, добре, окей, ок, ясно, разбира се, точно, точно така, благодаря, мерси, моля, стоп, спри, спрете, здравей,
            здравейте, здрасти, чао, довиждане, никога, винаги, може, може би, не знам, не мерси, не благодаря, това е,
            това е всичко, готово, нищо, никой, двете, помощ, продължавай
        """),
        asking=_words("какво кой коя кое кои кога къде как защо колко дали чий чия може"),
        digits=_words("нула едно един една две два три четири пет шест седем осем девет"),
        numbered=_words("номер номера номерът телефон телефона телефонът код кода кодът пин егн карта картата сметка"),
    ),
    "de": TurnWords(
        open=_words("""
            und aber oder denn weil dass wenn ob obwohl während damit sondern der die das den dem des ein eine einen einem einer
            eines mein meine meinen meinem dein deine sein seine unser unsere euer ihre kein keine
        """),
        leaning=_words("""
            in im an am auf für von vom zu zum zur bei beim nach aus um über unter durch gegen ohne zwischen ist sind war waren
            bin bist hat habe haben hatte wird werde werden kann könnte muss müsste will möchte soll sollte sehr so als wie ich
            wir er sie es man nicht auch
        """),
        hesitations=_listed("""
            äh, ähm, öh, öhm, em, hm, hmm, mm, naja, na ja, sozusagen, sagen wir, wie sagt man, wie heißt das, moment mal,
            warte mal, lass mich überlegen
        """),
        holding=_listed("tja, also, moment, einen moment, eine sekunde, warte, warten sie, mal sehen"),
        answers=_listed("""
            ja, nein, nee, doch, okay, ok, gut, klar, genau, richtig, stimmt, natürlich, danke, danke schön, vielen dank, bitte,
            ja bitte, nein danke, stopp, stop, halt, hallo, guten tag, guten morgen, tschüss, auf wiedersehen, nie, immer,
            vielleicht, ich weiß nicht, das war's, das ist alles, nichts, keine, beide, hilfe, weiter
        """),
        asking=_words("""
            was wann wo wer wen wem warum wieso weshalb welche welcher welches wie wohin woher ist sind kann kannst können hast
            haben
        """),
        digits=_words("null eins ein zwei zwo drei vier fünf sechs sieben acht neun"),
        numbered=_words("nummer telefonnummer handynummer code pin postleitzahl karte konto kontonummer"),
    ),
    "fr": TurnWords(
        open=_words("""
            et mais ou donc car parce que si quand puisque lorsque le la les un une des du au aux mon ma mes ton ta tes son sa ses
            notre nos votre vos leur leurs ce cet cette ces de à je j'ai tu il elle on c'est qu'il qu'elle d'un d'une
        """),
        leaning=_words("""
            dans pour avec sur sous chez par en sans vers entre depuis pendant comme est sont était suis ai as a avons avez ont
            peux peut veux veut voudrais dois doit très plus nous vous ils elles qui ne pas
        """),
        hesitations=_listed("""
            euh, heu, hum, hm, hmm, mm, disons, comment dire, comment on dit, voyons voir, laisse-moi réfléchir,
            laissez-moi réfléchir, tu vois, vous voyez
        """),
        holding=_listed("ben, bah, enfin, alors, bref, attends, attendez, un instant, un moment, une seconde, voyons"),
        answers=_listed("""
            oui, ouais, non, si, d'accord, ok, okay, bien sûr, exactement, voilà, c'est ça, merci, merci beaucoup,
            s'il vous plaît, s'il te plaît, oui merci, non merci, stop, arrête, arrêtez, bonjour, salut, bonsoir, au revoir,
            jamais, toujours, peut-être, je ne sais pas, je sais pas, c'est tout, rien, aucun, les deux, aide, continue, continuez
        """),
        asking=_words("quoi quand où qui pourquoi comment combien quel quelle quels quelles est-ce qu'est-ce que"),
        digits=_words("zéro un une deux trois quatre cinq six sept huit neuf"),
        numbered=_words("numéro téléphone code postal carte compte"),
    ),
    "es": TurnWords(
        open=_words("""
            y e o u pero sino porque pues que si cuando aunque mientras el la los las un una unos unas mi mis tu tus su sus
            nuestro nuestra del al de
        """),
        leaning=_words("""
            a en con por para sin sobre entre desde hasta hacia como es son era está están estoy soy he ha han tengo tiene puedo
            puede quiero quiere quisiera debo muy más tan yo nosotros no me te se lo
        """),
        hesitations=_listed("""
            eh, ehm, em, hum, hm, hmm, mm, o sea, digamos, vamos a ver, cómo se dice, cómo decirlo, déjame pensar, déjame ver,
            es decir
        """),
        holding=_listed("este, bueno, espera, espere, un momento, un segundo, a ver"),
        answers=_listed("""
            sí, si, no, vale, ok, okay, claro, claro que sí, por supuesto, exacto, correcto, de acuerdo, gracias, muchas gracias,
            por favor, sí por favor, no gracias, para, basta, hola, buenos días, buenas tardes, adiós, hasta luego, nunca,
            siempre, quizás, tal vez, no sé, no lo sé, eso es todo, nada, ninguno, los dos, ayuda, sigue, siga
        """),
        asking=_words("qué cuándo dónde quién por cómo cuánto cuánta cuántos cuántas cuál cuáles puedes puede"),
        digits=_words("cero uno un una dos tres cuatro cinco seis siete ocho nueve"),
        numbered=_words("número teléfono código postal tarjeta cuenta pin"),
    ),
    "it": TurnWords(
        open=_words("""
            e ed o ma perché però quindi che se quando mentre anche il lo la i gli le un uno una del dello della dei degli delle
            al allo alla ai agli alle dal dalla nel nella nei nelle sul sulla mio mia miei mie tuo tua suo sua nostro nostra di
        """),
        leaning=_words("""
            a da in con su per tra fra senza verso come è sono era ho ha hanno sei siamo posso può voglio vorrei devo deve molto
            più io noi loro non mi ti si
        """),
        hesitations=_listed("""
            ehm, eh, uhm, mm, hm, hmm, cioè, diciamo, come si dice, come dire, fammi pensare, mi faccia pensare
        """),
        holding=_listed("beh, allora, insomma, aspetta, aspetti, un attimo, un momento, un secondo, vediamo"),
        answers=_listed("""
            sì, si, no, ok, okay, va bene, certo, certamente, esatto, giusto, d'accordo, grazie, grazie mille, per favore,
            sì grazie, no grazie, stop, basta, ferma, ciao, buongiorno, buonasera, arrivederci, mai, sempre, forse, non lo so,
            non so, è tutto, niente, nessuno, entrambi, aiuto, continua, prego
        """),
        asking=_words("cosa quando dove chi perché come quanto quanta quanti quante quale quali che puoi può"),
        digits=_words("zero uno due tre quattro cinque sei sette otto nove"),
        numbered=_words("numero telefono codice postale carta conto pin"),
    ),
    "nl": TurnWords(
        open=_words("en maar of want omdat dat als toen terwijl hoewel zodat de het een mijn jouw zijn haar onze hun uw geen"),
        leaning=_words("""
            in op aan voor van naar met bij uit om over onder door tegen zonder tussen te is was waren ben bent heb hebt heeft had
            kan kun moet wil zou zal mag wordt heel zeer zo ik we wij hij ze zij je niet ook
        """),
        hesitations=_listed("""
            eh, ehm, uh, uhm, hm, hmm, mm, nou ja, zeg maar, laten we zeggen, hoe zeg je dat, hoe heet het, wacht even,
            even kijken, even denken, laat me denken, weet je
        """),
        holding=_listed("nou, dus, wacht, momentje, een moment"),
        answers=_listed("""
            ja, nee, jawel, oké, oke, ok, okay, goed, prima, precies, klopt, natuurlijk, bedankt, dank je, dank je wel,
            dank u wel, alsjeblieft, alstublieft, ja graag, nee bedankt, stop, hallo, hoi, goedemorgen, goedemiddag, doei,
            tot ziens, nooit, altijd, misschien, ik weet het niet, weet ik niet, dat is alles, dat was het, niets, geen, allebei,
            help, ga door
        """),
        asking=_words("wat wanneer waar wie waarom hoe hoeveel welke welk is zijn kan kun kunt heb heeft"),
        digits=_words("nul een één twee drie vier vijf zes zeven acht negen"),
        numbered=_words("nummer telefoonnummer code pincode postcode kaart rekening rekeningnummer"),
    ),
    "pl": TurnWords(
        open=_words("""
            i a ale lub albo bo ponieważ że żeby jeśli jeżeli gdy kiedy chociaż więc oraz czyli który która które mój moja moje
            twój twoja twoje nasz nasza
        """),
        leaning=_words("""
            w we na z ze do od dla po przy przez pod nad bez między o u za jak jest są był była było jestem mam ma mogę może chcę
            chciałbym chciałabym muszę bardzo taki ja my on ona nie się to
        """),
        hesitations=_listed("""
            yyy, yy, eee, ee, em, hm, hmm, mm, no więc, to znaczy, powiedzmy, jakby, jak to powiedzieć, jak to się mówi,
            niech pomyślę
        """),
        holding=_listed("no, znaczy, czekaj, poczekaj, proszę czekać, chwila, chwileczkę, moment, momencik, sekunda, zaraz"),
        answers=_listed("""
            tak, nie, dobrze, dobra, ok, okej, okay, jasne, oczywiście, dokładnie, racja, zgadza się, dziękuję, dzięki, proszę,
            tak proszę, nie dziękuję, stop, stój, dość, cześć, dzień dobry, dobry wieczór, do widzenia, nigdy, zawsze, może,
            być może, nie wiem, to wszystko, nic, żaden, oba, pomocy, dalej, kontynuuj
        """),
        asking=_words("co kiedy gdzie kto dlaczego czemu jak ile jaki jaka jakie który która które czy"),
        digits=_words("zero jeden jedna dwa dwie trzy cztery pięć sześć siedem osiem dziewięć"),
        numbered=_words("numer telefon telefonu kod pin pesel karta karty konto konta"),
    ),
    "pt": TurnWords(
        open=_words("""
            e ou mas porque pois que se quando embora enquanto o a os as um uma uns umas meu minha meus minhas teu tua seu sua
            nosso nossa do da dos das no na nos nas ao à de num numa
        """),
        leaning=_words("""
            em com por pelo pela para pra sem sobre entre desde até como é são era está estão estou sou tenho tem posso pode quero
            queria gostaria devo muito mais tão eu nós não me te
        """),
        hesitations=_listed("""
            hã, ahn, eh, hum, hm, hmm, mm, quer dizer, digamos, deixa ver, deixa eu ver, deixa eu pensar, como se diz,
            como é que se diz, só um momento, peraí
        """),
        holding=_listed("então, bem, bom, tipo, espera, espere, um momento, um segundo"),
        answers=_listed("""
            sim, não, ok, okay, tá, tá bom, está bem, claro, com certeza, exato, exatamente, certo, isso, obrigado, obrigada,
            muito obrigado, muito obrigada, por favor, sim por favor, não obrigado, não obrigada, pare, para, olá, oi, bom dia,
            boa tarde, boa noite, tchau, adeus, nunca, sempre, talvez, não sei, é tudo, é isso, nada, nenhum, os dois, ajuda,
            continua, continue
        """),
        asking=_words("quando onde quem porque como quanto quanta quantos quantas qual quais pode podes você"),
        digits=_words("zero um uma dois duas três quatro cinco seis meia sete oito nove"),
        numbered=_words("número telefone telemóvel celular código postal cartão conta cpf cep pin"),
    ),
    "ru": TurnWords(
        open=_words("""
            и а но или что чтобы потому если когда хотя пока который которая которое которые мой моя моё мои твой твоя наш наша
            ваш ваша
        """),
        leaning=_words("""
            в во на с со за от до при через под над без между к ко по после перед около для из о об у как был была было были могу
            может хочу надо нужно можно очень такой я мы он она они не это ещё еще
        """),
        hesitations=_listed("""
            э, ээ, эээ, эм, эмм, ммм, мм, м, хм, хмм, типа, как бы, как сказать, как это, то есть, дай подумать, дайте подумать
        """),
        holding=_listed("""
            ну, вот, значит, так, короче, подожди, подождите, погоди, минутку, одну минуту, секунду, секундочку, сейчас
        """),
        answers=_listed("""
            да, нет, хорошо, ладно, окей, ок, ясно, понятно, конечно, точно, верно, именно, спасибо, большое спасибо, пожалуйста,
            да пожалуйста, нет спасибо, стоп, хватит, привет, здравствуйте, добрый день, доброе утро, пока, до свидания, никогда,
            всегда, может быть, наверное, не знаю, это всё, это все, всё, ничего, никто, оба, помогите, продолжай, продолжайте
        """),
        asking=_words("что когда где кто почему зачем как сколько какой какая какое какие куда откуда чей можно"),
        digits=_words("ноль нуль один одна два две три четыре пять шесть семь восемь девять"),
        numbered=_words("номер номера телефон телефона код кода пин карта карты счёт счет индекс"),
    ),
    "uk": TurnWords(
        open=_words("""
            і й та а але або чи що щоб бо тому якщо коли хоча поки який яка яке які мій моя моє мої твій твоя наш наша ваш ваша
        """),
        leaning=_words("""
            в у на з із зі за від до при через під над без між к по після перед біля для про як є був була було були можу може
            хочу треба потрібно можна дуже такий я ми він вона вони не це ще
        """),
        hesitations=_listed("""
            е, ее, еее, ем, ммм, мм, м, хм, хмм, типу, як би, як сказати, як це, тобто, дай подумати, дайте подумати
        """),
        holding=_listed("""
            ну, от, значить, коротше, зачекай, зачекайте, почекай, почекайте, хвилинку, хвилиночку, одну хвилину, секунду, зараз
        """),
        answers=_listed("""
            так, ні, добре, гаразд, окей, ок, ясно, зрозуміло, звичайно, звісно, точно, вірно, саме так, дякую, дуже дякую,
            будь ласка, так будь ласка, ні дякую, стоп, досить, привіт, вітаю, добрий день, доброго дня, добрий ранок, бувай,
            до побачення, ніколи, завжди, може, може бути, мабуть, не знаю, це все, все, нічого, ніхто, обидва, допоможіть,
            продовжуй
        """),
        asking=_words("що коли де хто чому навіщо як скільки який яка яке які куди звідки чий чи можна"),
        digits=_words("нуль один одна два дві три чотири п'ять шість сім вісім дев'ять"),
        numbered=_words("номер номера телефон телефону код коду пін картка картки рахунок індекс"),
    ),
    # The verb comes last, so most sentences that break off end in a noun, which tells nothing: few words do.
    "tr": TurnWords(
        open=_words("ve veya ya ama fakat ancak çünkü eğer ki hem bir benim senin onun bizim sizin onların her bu şu"),
        leaning=_words("ile için gibi kadar göre sonra önce çok daha en de da ben biz o"),
        hesitations=_listed("""
            ııı, ıı, eee, ee, şey, hm, hmm, mm, yani, nasıl desem, nasıl denir, ne diyordum, bir bakayım, düşüneyim
        """),
        holding=_listed("ı, e, hani, işte, bekle, bekleyin, bir dakika, bir saniye"),
        answers=_listed("""
            evet, hayır, yok, tamam, peki, olur, olmaz, tabii, tabii ki, elbette, doğru, aynen, kesinlikle, teşekkürler,
            teşekkür ederim, sağ ol, sağ olun, lütfen, evet lütfen, hayır teşekkürler, dur, durun, yeter, merhaba, selam,
            günaydın, iyi günler, hoşça kal, görüşürüz, asla, her zaman, belki, bilmiyorum, bu kadar, hiçbir şey, hiç, ikisi de,
            yardım, devam, devam et, ok, okey
        """),
        asking=_words("ne nerede nereye nereden kim kime neden niye niçin nasıl kaç hangi"),
        digits=_words("sıfır bir iki üç dört beş altı yedi sekiz dokuz"),
        numbered=_words("numara numaram numarası telefon telefonum kod kodu kart hesap"),
    ),
    # Particles after the noun say that more must come; the verb and what is put behind it say that it is over.
    "ja": TurnWords(
        open=_listed("""
            は, が, を, に, へ, と, の, や, も, ので, でも, そして, それで, だから, しかし, たら, れば,
            なら, って, ては, という
        """),
        leaning=_listed("て, で, し, まで, より, とか, たり, から, のに, けど, けれど, ですが, ますが, んですが"),
        hesitations=_listed("""
            えーと, えーっと, えっと, ええと, えと, あの, あのー, あのう, その, そのー, そのう, うーん, うーんと, んー, んーと,
            なんか, なんていうか, なんと言うか
        """),
        holding=_listed("まあ, ちょっと待って, ちょっと待ってください, 待って, 待ってください"),
        answers=_listed("""
            はい, いいえ, いや, うん, ううん, ええ, そうです, そう, 違います, 違う, わかりました, 分かりました, オーケー,
            もちろん, ありがとう, ありがとうございます, お願いします, 結構です, 大丈夫です, 大丈夫, こんにちは, おはよう,
            おはようございます, こんばんは, さようなら, やめて, 止めて, ストップ, わかりません, 分かりません, 以上です, なし,
            助けて, 続けて
        """),
        asking=_listed("何, いつ, どこ, 誰, なぜ, どうして, どう, いくら, いくつ, どれ, どの"),
        closing=_listed("""
            です, ます, ました, でした, ません, ましょう, ください, 下さい, だよ, だね, ですよ, ですね, ますよ, ますね, だ, たい,
            ない, った, よ, ね, ぞ
        """),
        digits=_listed("ゼロ, 零, 一, 二, 三, 四, 五, 六, 七, 八, 九"),
        numbered=_listed("番号, 電話, コード, カード, 口座"),
        joined=True,
    ),
    "zh": TurnWords(
        open=_listed("""
            和, 跟, 与, 與, 或, 或者, 但, 但是, 可是, 因为, 因為, 所以, 如果, 虽然, 雖然, 而且, 然后, 然後, 把, 被, 的时候,
            的時候, 这个, 這個, 那个, 那個, 一个, 一個, 我的, 你的, 他的, 她的, 我们的, 我們的
        """),
        leaning=_listed("""
            在, 从, 從, 对, 對, 给, 給, 为, 為, 向, 是, 有, 要, 想, 能, 会, 會, 可以, 很, 不, 我, 你, 他, 她, 我们, 我們, 就, 也,
            都
        """),
        hesitations=_listed("嗯, 呃, 额, 額, 啊这个, 那个, 那個, 就是说, 就是說, 怎么说, 怎麼說, 让我想想, 讓我想想"),
        holding=_listed("等一下, 等等, 等会儿, 稍等"),
        answers=_listed("""
            嗯, 是, 是的, 不是, 对, 對, 不对, 不對, 好, 好的, 好啊, 不, 不要, 不用, 行, 可以, 不行, 没有, 沒有, 当然, 當然, 没错,
            沒錯, 谢谢, 謝謝, 不用了, 不用谢, 你好, 您好, 早上好, 再见, 再見, 停, 停下, 停止, 不知道, 我不知道, 也许, 也許, 可能,
            就这样, 就這樣, 就这些, 没了, 沒了, 都可以, 救命, 继续, 繼續
        """),
        asking=_listed("什么, 什麼, 怎么, 怎麼, 为什么, 為什麼, 哪, 谁, 誰, 几, 幾, 多少, 请问, 請問"),
        closing=_listed("吗, 嗎, 呢, 吧, 了, 啊, 呀, 啦, 嘛, 哦, 谢谢, 謝謝"),
        digits=_listed("零, 〇, 一, 幺, 二, 两, 兩, 三, 四, 五, 六, 七, 八, 九"),
        numbered=_listed("号码, 號碼, 电话, 電話, 手机, 手機, 密码, 密碼, 卡号, 卡號, 账号, 帳號, 邮编"),
        joined=True,
    ),
}  # fmt: skip
