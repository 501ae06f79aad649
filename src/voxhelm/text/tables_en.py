"""English words for what is written short."""

# ruff: noqa: SIM905 - a table of words reads better as words

from collections.abc import Mapping
from typing import Final

MONTHS: Final[Mapping[str, int]] = {
    name: number
    for number, names in enumerate(
        (
            "January Jan", "February Feb", "March Mar", "April Apr", "May", "June Jun", "July Jul", "August Aug",
            "September Sept Sep", "October Oct", "November Nov", "December Dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

# One, many, and their hundredths.
CURRENCIES: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "US$": ("dollar", "dollars", "cent", "cents"),
    "USD": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "EUR": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "GBP": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "sen", "sen"),
    "JPY": ("yen", "yen", "sen", "sen"),
    "BGN": ("lev", "leva", "stotinka", "stotinki"),
    "CHF": ("franc", "francs", "centime", "centimes"),
}
SCALES: Final[Mapping[str, str]] = {
    "thousand": "thousand", "million": "million", "billion": "billion", "trillion": "trillion",
    "k": "thousand", "K": "thousand", "m": "million", "M": "million", "bn": "billion", "B": "billion", "T": "trillion",
}  # fmt: skip
DENOMINATORS: Final[Mapping[int, tuple[str, str]]] = {
    2: ("half", "halves"),
    4: ("quarter", "quarters"),
    100: ("hundredth", "hundredths"),
}


def _regular(**names: str) -> dict[str, tuple[str, str]]:
    return {short: (name, f"{name}s") for short, name in names.items()}


UNITS: Final[Mapping[str, tuple[str, str]]] = {
    **_regular(
        km="kilometer", m="meter", cm="centimeter", mm="millimeter", kg="kilogram", g="gram", mg="milligram", l="liter", L="liter",
        ml="milliliter", mL="milliliter", lb="pound", lbs="pound", oz="ounce", yd="yard", mi="mile", ha="hectare", h="hour", hr="hour",
        hrs="hour", min="minute", mins="minute", sec="second", secs="second", ms="millisecond", kB="kilobyte", KB="kilobyte",
        MB="megabyte", GB="gigabyte", TB="terabyte", W="watt", kW="kilowatt", MW="megawatt", kWh="kilowatt hour", V="volt",
        kV="kilovolt", mV="millivolt", mA="milliampere", mAh="milliampere hour", dB="decibel", px="pixel",
        kJ="kilojoule", kPa="kilopascal", hPa="hectopascal",
    ),
    "kcal": ("kilocalorie", "kilocalories"),
    "ft": ("foot", "feet"),
    "Hz": ("hertz", "hertz"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "mph": ("mile per hour", "miles per hour"),
    "km/h": ("kilometer per hour", "kilometers per hour"),
    "kph": ("kilometer per hour", "kilometers per hour"),
    "m/s": ("meter per second", "meters per second"),
    "Mbps": ("megabit per second", "megabits per second"),
    "Gbps": ("gigabit per second", "gigabits per second"),
    "rpm": ("revolution per minute", "revolutions per minute"),
    "bpm": ("beat per minute", "beats per minute"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
    "m²": ("square meter", "square meters"),
    "m³": ("cubic meter", "cubic meters"),
    "km²": ("square kilometer", "square kilometers"),
}  # fmt: skip

# A Roman numeral behind one of these counts; behind a name it is an ordinal.
NUMBERED: Final = frozenset(
    "Chapter Part Act Scene Section Volume Vol Book War Phase Stage Type Article Title Level Grade Class Mark Appendix Table".split()
)

SIGNS: Final[Mapping[str, str]] = {
    ".": "dot", "/": "slash", "@": "at", "-": "dash", "_": "underscore", ":": "colon", "?": "question mark", "=": "equals",
    "&": "and", "+": "plus", "%": "percent", "#": "hash", "~": "tilde",
}  # fmt: skip

ABBREVIATIONS: Final[Mapping[str, str]] = {
    "Mr.": "Mister", "Mrs.": "Missus", "Ms.": "Miz", "Jr.": "Junior", "Sr.": "Senior", "Gen.": "General", "Capt.": "Captain",
    "Col.": "Colonel", "Sgt.": "Sergeant", "Lt.": "Lieutenant", "Rev.": "Reverend", "Gov.": "Governor", "Sen.": "Senator",
    "Mt.": "Mount", "Ave.": "Avenue", "Blvd.": "Boulevard", "Rd.": "Road",
    "e.g.": "for example", "i.e.": "that is", "etc.": "et cetera", "vs.": "versus", "cf.": "compare", "ca.": "circa",
    "approx.": "approximately", "dept.": "department", "Dept.": "Department", "est.": "established", "incl.": "including",
    "Inc.": "Incorporated", "Ltd.": "Limited", "Corp.": "Corporation", "Co.": "Company", "Fig.": "Figure", "fig.": "figure",
    "vol.": "volume", "Vol.": "Volume", "pp.": "pages", "max.": "maximum", "min.": "minimum", "w/": "with", "w/o": "without",
    "Jan.": "January", "Feb.": "February", "Aug.": "August", "Sept.": "September", "Oct.": "October", "Nov.": "November",
    "Dec.": "December", "Mon.": "Monday", "Tue.": "Tuesday", "Wed.": "Wednesday", "Thu.": "Thursday", "Fri.": "Friday",
}  # fmt: skip
