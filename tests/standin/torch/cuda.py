"""A machine without a card."""


def is_available():
    return False
