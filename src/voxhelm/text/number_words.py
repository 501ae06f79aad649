"""English numbers in words."""

from typing import Any, Final

# A number with more digits is read digit by digit: nobody follows quadrillions.
LONGEST_DIGITS: Final = 15
DIGITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def cardinal(digits: str) -> str:
    """`1,234.5` as "one thousand two hundred and thirty-four point five". digits: with commas or not, with a sign or not."""
    minus = "minus " if digits[:1] in "-−" else ""
    whole, point, fraction = digits.lstrip("-−+").replace(",", "").partition(".")
    if not whole:
        whole = "0"
    # A leading zero belongs to codes and telephones.
    long = len(whole) > LONGEST_DIGITS or (len(whole) > 1 and whole[0] == "0")
    said = spelt(whole) if long else _converted(int(whole), "cardinal")
    return minus + said + (f" point {spelt(fraction)}" if point and fraction else "")


def ordinal(digits: str) -> str:
    """`21` as "twenty-first"."""
    return _converted(int(digits.replace(",", "")), "ordinal")


def year(digits: str) -> str:
    """`1984` as "nineteen eighty-four"."""
    return _converted(int(digits), "year")


def spelt(digits: str) -> str:
    """`007` as "zero zero seven"."""
    return " ".join(DIGITS[int(digit)] for digit in digits if digit.isdecimal())


def _converted(number: int, kind: str) -> str:
    from num2words import num2words  # its fifty languages take 7 MB, and many texts hold no number

    convert: Any = num2words
    return str(convert(number, to=kind)).replace(",", "")
