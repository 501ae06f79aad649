"""Sentences to try a voice with: everyday words, no figures, nothing that is written in several ways."""

from collections.abc import Mapping, Sequence
from typing import Final

CHECK_SENTENCES: Final[Mapping[str, Sequence[str]]] = {
    "en": (
        "Good morning, how are you today?",
        "The weather is nice and the children are playing in the garden.",
        "Please open the window before you leave the house.",
        "My brother works in a small office near the river.",
        "We will meet at the station in the evening.",
        "Thank you very much for your help.",
    ),
    "bg": (
        "Добър ден, как сте днес?",
        "Времето е хубаво и децата играят в градината.",
        "Моля, отворете прозореца, преди да излезете от къщи.",
        "Брат ми работи в малък офис до реката.",
        "Ще се срещнем вечерта на гарата.",
        "Много ви благодаря за помощта.",
    ),
    "de": (
        "Guten Morgen, wie geht es Ihnen heute?",
        "Das Wetter ist schön und die Kinder spielen im Garten.",
        "Bitte öffnen Sie das Fenster, bevor Sie das Haus verlassen.",
        "Wir treffen uns am Abend am Bahnhof.",
    ),
    "fr": (
        "Bonjour, comment allez-vous aujourd'hui ?",
        "Il fait beau et les enfants jouent dans le jardin.",
        "Ouvrez la fenêtre avant de quitter la maison, s'il vous plaît.",
        "Nous nous retrouvons ce soir à la gare.",
    ),
    "es": (
        "Buenos días, ¿cómo está usted hoy?",
        "Hace buen tiempo y los niños juegan en el jardín.",
        "Por favor, abra la ventana antes de salir de casa.",
        "Nos vemos por la tarde en la estación.",
    ),
    "it": (
        "Buongiorno, come sta oggi?",
        "Il tempo è bello e i bambini giocano in giardino.",
        "Per favore, apra la finestra prima di uscire di casa.",
        "Ci vediamo questa sera alla stazione.",
    ),
    "pt": (
        "Bom dia, como está hoje?",
        "O tempo está bom e as crianças brincam no jardim.",
        "Por favor, abra a janela antes de sair de casa.",
        "Encontramo-nos à noite na estação.",
    ),
    "nl": (
        "Goedemorgen, hoe gaat het vandaag met u?",
        "Het weer is mooi en de kinderen spelen in de tuin.",
        "Doe het raam open voordat u het huis verlaat.",
        "Wij zien elkaar vanavond op het station.",
    ),
    "pl": (
        "Dzień dobry, jak się pan dzisiaj czuje?",
        "Pogoda jest ładna i dzieci bawią się w ogrodzie.",
        "Proszę otworzyć okno przed wyjściem z domu.",
        "Spotkamy się wieczorem na dworcu.",
    ),
    "ru": (
        "Добрый день, как у вас дела?",
        "Погода хорошая, и дети играют в саду.",
        "Пожалуйста, откройте окно перед тем, как уйти из дома.",
        "Мы встретимся вечером на вокзале.",
    ),
}
