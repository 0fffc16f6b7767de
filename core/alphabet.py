"""What a line of handwriting can hold, for the reader of numbers: the outputs of its network in their order."""

FILLED, STRUCK, ILLEGIBLE = "▬", "⌧", "�"
"""A dash or cross that fills a field in; something struck out; writing that is no number."""

LONG_SIGNS = FILLED + STRUCK + ILLEGIBLE
"""Signs that are as long as what they stand for."""

ALPHABET = "0123456789.,-/½+×=:$" + LONG_SIGNS
"""Class i + 1 of the network is character i; class 0 is CTC's blank."""


def encode(text: str) -> list[int]:
    """Classes of a text without spaces.

    Raises:
        ValueError: a character is not of the alphabet.
    """
    return [ALPHABET.index(character) + 1 for character in text]


def decode(classes: list[int]) -> str:
    """The text of classes; blanks are left out."""
    return "".join(ALPHABET[index - 1] for index in classes if index)
