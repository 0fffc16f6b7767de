"""What people write into fields: amounts, readings, marks, dates, sums.

Digits are drawn uniformly, but for the zeros that many amounts end in.
"""

from numpy.random import Generator

from core.alphabet import FILLED, ILLEGIBLE

KINDS = {
    "whole": 0.27,
    "amount": 0.22,
    "decimal": 0.14,
    "half": 0.07,
    "date": 0.05,
    "sum": 0.05,
    "any": 0.06,
    "filled": 0.05,
    "word": 0.05,
    "blank": 0.04,
}
"""Kinds of lines and their shares."""

_LENGTHS = (0.13, 0.17, 0.17, 0.15, 0.14, 0.11, 0.07, 0.06)  # of whole numbers of 1 to 8 digits


def draw_text(rng: Generator) -> tuple[str, str]:
    """A kind of KINDS and a text of it; a space in it is a wider gap, and no part of what is to be read."""
    kind = str(rng.choice(list(KINDS), p=list(KINDS.values())))
    return kind, _WRITERS[kind](rng)


def _digits(rng: Generator, count: int) -> str:
    return "".join(map(str, rng.integers(0, 10, count)))


def _whole(rng: Generator) -> str:
    text = _digits(rng, 1 + int(rng.choice(8, p=_LENGTHS)))
    if rng.random() < 0.06:
        text = str(rng.choice(["-", "+", "-", "$"])) + text
    if rng.random() < 0.05:
        text = " ".join(text[i : i + 3] for i in range(0, len(text), 3))
    return text


def _amount(rng: Generator) -> str:
    """Thousands apart, zeros in a row, and what is put behind an amount so that nobody lengthens it."""
    count = int(rng.integers(3, 8))
    text = _digits(rng, count)
    if rng.random() < 0.45:
        zeros = min(int(rng.integers(1, 6)), count - 1)
        text = text[: count - zeros] + "0" * zeros
    separator = str(rng.choice([".", ".", ",", "", "", " ", ":"]))
    head = len(text) % 3
    groups = ([text[:head]] if head else []) + [text[i : i + 3] for i in range(head, len(text), 3)]
    text = separator.join(groups)
    if rng.random() < 0.45:
        text += str(rng.choice([".-", ".-", "-", "-", ".", ",", "=", ".=", ",-", " -", " =", ".00", ",00", " .-"]))
    if rng.random() < 0.12:
        text = "$" + str(rng.choice(["", " "])) + text
    return text


def _decimal(rng: Generator) -> str:
    point = str(rng.choice([".", ","]))
    text = _digits(rng, int(rng.integers(1, 5))) + point + _digits(rng, int(rng.choice([1, 1, 2, 2, 3])))
    if rng.random() < 0.05:
        text = text[text.index(point) :]
    return "-" + text if rng.random() < 0.06 else text


def _half(rng: Generator) -> str:
    whole = "" if rng.random() < 0.15 else _digits(rng, int(rng.choice([1, 1, 1, 2])))
    return whole + str(rng.choice(["", "", " "])) + "½"


def _date(rng: Generator) -> str:
    mark = str(rng.choice(["/", "-", ".", "/"]))
    parts = [_digits(rng, int(rng.integers(1, 3))), _digits(rng, int(rng.integers(1, 3)))]
    if rng.random() < 0.7:
        parts.append(_digits(rng, int(rng.choice([2, 4]))))
    return mark.join(parts)


def _sum(rng: Generator) -> str:
    sign = str(rng.choice(["+", "-", "×", ":", "/"]))
    gap = str(rng.choice(["", " "]))
    text = gap.join([_digits(rng, int(rng.integers(1, 4))), sign, _digits(rng, int(rng.integers(1, 3)))])
    if rng.random() < 0.8:
        text += gap + "=" + gap + _digits(rng, int(rng.integers(1, 4)))
    return text


def _any(rng: Generator) -> str:
    signs = "0123456789" * 2 + ".,-/½+×=:$"
    return "".join(signs[i] for i in rng.integers(0, len(signs), int(rng.integers(1, 7))))


def _word(rng: Generator) -> str:
    number = _digits(rng, int(rng.integers(1, 4)))
    return str(rng.choice([ILLEGIBLE, ILLEGIBLE, ILLEGIBLE, number + " " + ILLEGIBLE]))


_WRITERS = {
    "whole": _whole,
    "amount": _amount,
    "decimal": _decimal,
    "half": _half,
    "date": _date,
    "sum": _sum,
    "any": _any,
    "filled": lambda _: FILLED,
    "word": _word,
    "blank": lambda _: "",
}
