"""Check digits: numbers that carry, in their last digits, a check on the others.

Sources: ISO/IEC 7812-1 (Luhn), ISO 2108 (ISBN), ISO 3297 (ISSN), GS1 General Specifications (EAN, UPC, GTIN),
ISO/IEC 7064 (mod 97-10); Verhoeff, "Error Detecting Decimal Codes", 1969; Damm, "Total anti-symmetrische
Quasigruppen", 2004.
"""

import re
from collections.abc import Callable, Sequence
from itertools import cycle

_DAMM = (
    *("0317598642", "7092154863", "4206871359", "1750983426", "6123045978"),
    *("3674209581", "5869720134", "8945362017", "9438617205", "2581436790"),
)
_VERHOEFF_TURNS = ("0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415")
_VERHOEFF_LAST = "7046913258"


def _weighted(digits: str, weights: Sequence[int], modulus: int) -> bool:
    """Whether the digits times the weights, which are repeated from the left, add up to a multiple of the modulus."""
    worth = (10 if digit == "X" else int(digit) for digit in digits)
    return sum(weight * value for weight, value in zip(cycle(weights), worth, strict=False)) % modulus == 0


def _luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(doubled) + sum(int(digit) for digit in digits[-1::-2])) % 10 == 0


def _gs1(digits: str) -> bool:
    """The check digit has weight 1, and the one before it 3."""
    return _weighted(digits[::-1], (1, 3), 10)


def _isbn10(digits: str) -> bool:
    return _weighted(digits, range(10, 0, -1), 11)


def _isbn13(digits: str) -> bool:
    return digits.startswith(("978", "979")) and _gs1(digits)


def _issn(digits: str) -> bool:
    return _weighted(digits, range(8, 0, -1), 11)


def _nhs(digits: str) -> bool:
    return _weighted(digits, range(10, 0, -1), 11)


def _routing(digits: str) -> bool:
    return _weighted(digits, (3, 7, 1), 10)


def _mod97(digits: str) -> bool:
    return int(digits) % 97 == 1


def _damm(digits: str) -> bool:
    state = 0
    for digit in digits:
        state = int(_DAMM[state][int(digit)])
    return state == 0


def _verhoeff(digits: str) -> bool:
    turns, state = (*_VERHOEFF_TURNS, _VERHOEFF_LAST), 0
    for position, digit in enumerate(reversed(digits)):
        state = _turned(state, int(turns[position % 8][int(digit)]))
    return state == 0


def _turned(first: int, second: int) -> int:
    """The product in the dihedral group of the pentagon: 0 to 4 are turns, 5 to 9 reflections."""
    if first < 5:
        return (first + second) % 5 + (5 if second >= 5 else 0)
    return (first - second) % 5 + (0 if second >= 5 else 5)


SCHEMES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "Luhn": ("[0-9]{2,30}", _luhn),
    "ISBN-10": ("[0-9]{9}[0-9X]", _isbn10),
    "ISBN-13": ("[0-9]{13}", _isbn13),
    "ISSN": ("[0-9]{7}[0-9X]", _issn),
    "EAN-8": ("[0-9]{8}", _gs1),
    "EAN-13": ("[0-9]{13}", _gs1),
    "UPC-A": ("[0-9]{12}", _gs1),
    "GTIN-14": ("[0-9]{14}", _gs1),
    "IMEI": ("[0-9]{15}", _luhn),
    "NHS number": ("[0-9]{10}", _nhs),
    "ABA routing number": ("[0-9]{9}", _routing),
    "mod 97-10": ("[0-9]{3,30}", _mod97),
    "Damm": ("[0-9]{2,30}", _damm),
    "Verhoeff": ("[0-9]{2,30}", _verhoeff),
}
"""By name: the form of a number without blanks, hyphens and points, and whether its check digits agree."""


def objection(text: str, scheme: str) -> str:
    """Why a text is no number of this scheme, as the rest of a sentence; empty where it is one.

    Raises:
        KeyError: there is no such scheme.
    """
    form, agrees = SCHEMES[scheme]
    digits = re.sub(r"[\s.-]", "", text).upper()
    if not re.fullmatch(form, digits):
        return f"does not have the form of {scheme}"
    return "" if agrees(digits) else f"does not agree with its check digit ({scheme})"
