"""Sets of characters in the order of a model's outputs, which of them look alike, and how they are shown."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from core.errors import ConfigError

_DIGITS = tuple("0123456789")
_CAPITALS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SMALL = tuple("abcdefghijklmnopqrstuvwxyz")
# The small letters that EMNIST tells from their capitals where it merges the others (Cohen et al., "EMNIST: an
# extension of MNIST to handwritten letters", 2017).
_UNLIKE_CAPITALS = tuple("abdefghnqrt")

MANY = 12
"""With more classes a page shows only the best as bars, and asks for a class by its key instead of from a list."""

GROUPS = {"digits": "Digits", "capitals": "Capitals", "small": "Lower case"}
"""The kinds of characters: name and title."""

# Without neighbours to compare with, people cannot always tell these apart either: signs of the same form, and letters
# whose capital is only larger.
_LOOK_ALIKE = ("0Oo", "1Il", "2Zz", "5Ss", "9gq", *("Cc", "Ff", "Jj", "Kk", "Mm", "Pp", "Uu", "Vv", "Ww", "Xx", "Yy"))


@dataclass(frozen=True)
class Charset:
    """An ordered set of characters; class `i` of a model is `characters[i]`."""

    name: str
    title: str
    characters: tuple[str, ...]
    merged: tuple[str, ...] = ()  # capitals that stand for their small letters as well
    glyph_side: int = 20  # longer side of a character, pixels, as in MNIST; 24 as in EMNIST: letters differ in details

    @cached_property
    def look_alikes(self) -> tuple[tuple[str, ...], ...]:
        """Disjoint groups of two or more characters that look alike; an L that may be an l looks like a 1."""
        classes = ({self.find(character) for character in group} for group in _LOOK_ALIKE)
        groups = (tuple(character for character in self.characters if character in group) for group in classes)
        return tuple(group for group in groups if len(group) > 1)

    def alike(self, character: str) -> tuple[str, ...]:
        """The group of look-alikes of a character; only itself where it has none."""
        return next((group for group in self.look_alikes if character in group), (character,))

    def ambiguous_form(self, character: str) -> str:
        """The form of a character that looks like others: l for an L that stands for both cases, else itself."""
        forms = (character, character.lower()) if character in self.merged else (character,)
        return next((form for form in forms if any(form in group for group in _LOOK_ALIKE)), character)

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """The characters by kind, a key of GROUPS; kinds without characters are left out."""
        kinds: dict[str, tuple[str, ...]] = {}
        for character in self.characters:
            kind = "digits" if character.isdigit() else "capitals" if character.isupper() else "small"
            kinds[kind] = (*kinds.get(kind, ()), character)
        return kinds

    @cached_property
    def similarity_order(self) -> tuple[str, ...]:
        """The characters with look-alikes, and then both cases of a letter, next to each other."""
        order: dict[str, None] = {}
        for character in self.characters:
            order |= dict.fromkeys(self.alike(character))
            for other in map(str.swapcase, self.alike(character)):
                order |= dict.fromkeys(self.alike(other) if other in self.characters else ())
        return tuple(order)

    @cached_property
    def similarity_indices(self) -> list[int]:
        """The indices of the classes, in `similarity_order`."""
        return [self.characters.index(character) for character in self.similarity_order]

    @cached_property
    def look_alike_indices(self) -> list[list[int]]:
        """The groups of look-alikes, as indices of their classes."""
        return [[self.characters.index(character) for character in group] for group in self.look_alikes]

    def show(self, character: str) -> str:
        """A character as it is shown to people: "Cc" where it stands for both cases."""
        return f"{character}{character.lower()}" if character in self.merged else character

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(map(self.show, self.characters))

    @property
    def noun(self) -> str:
        """One of the characters in a sentence: "digit", "letter" or "letter or digit"."""
        kinds = {character.isdigit() for character in self.characters}
        return "letter or digit" if len(kinds) > 1 else "digit" if True in kinds else "letter"

    def find(self, typed: str) -> str | None:
        """The class of a typed character; None for one outside of the charset."""
        if typed in self.characters:
            return typed
        return typed.upper() if typed.upper() in self.merged else None

    def covers(self, other: "Charset") -> bool:
        """Whether every class of the other maps to a class of its own here, so that its data can be learnt from.

        A class of one case may map to one of both, as a capital C to "Cc", but not the other way round.
        """
        classes = [self.find(character) for character in other.characters]
        return None not in classes and len(set(classes)) == len(classes) and set(other.merged) <= set(self.merged)

    def indices_of(self, other: "Charset") -> list[int]:
        """The indices of the classes of the other's characters, in its order; a ConfigError where one has none here."""
        if missing := [character for character in other.characters if self.find(character) is None]:
            raise ConfigError(f"{self.title} has no {', '.join(missing)}, which {other.title} has.")
        return [self.characters.index(name) for name in map(self.find, other.characters) if name is not None]

    @cached_property
    def forms(self) -> "Charset":
        """The charset that tells apart what this one merges: its characters in order, then the small letters.

        A model that has seen both forms of a letter has an output for each, and answers with their sum.
        """
        if not self.merged:
            return self
        small = tuple(letter.lower() for letter in self.merged)
        return replace(self, name=f"{self.name}-forms", characters=(*self.characters, *small), merged=())

    def pairs(self, other: "Charset") -> dict[int, int]:
        """The indices of the two classes here, first to second, of the letters whose forms the other merges."""
        small = {letter: letter.lower() for letter in other.merged if letter.lower() in self.characters}
        first = dict(zip(other.characters, self.indices_of(other), strict=True))
        return {first[letter]: self.characters.index(form) for letter, form in small.items()}

    def outputs_for(self, others: Iterable["Charset"]) -> "Charset":
        """What a network that learns from data of the others tells apart: `forms`, where they show them all."""
        separate = {character for other in others for character in other.characters if character not in other.merged}
        return self.forms if {*self.merged, *map(str.lower, self.merged)} <= separate else self

    @cached_property
    def restrictions(self) -> dict[str, "Charset"]:
        """The smaller charsets that an answer can be restricted to, by kind, a key of GROUPS."""
        return {
            kind: charset
            for kind, charset in _KINDS.items()
            if len(charset.characters) < len(self.characters) and all(map(self.find, charset.characters))
        }

    def restricted(self, kind: str) -> "Charset":
        """The charset of an answer that is restricted to a kind; itself where there is no such restriction."""
        return self.restrictions.get(kind, self)


_MERGED = tuple(letter for letter in _CAPITALS if letter.lower() not in _UNLIKE_CAPITALS)
DIGITS = Charset("digits", "Digits", _DIGITS)
CAPITALS = Charset("capitals", GROUPS["capitals"], _CAPITALS, glyph_side=24)
SMALL_LETTERS = Charset("small", GROUPS["small"], _SMALL, glyph_side=24)
_KINDS = {"digits": DIGITS, "capitals": CAPITALS, "small": SMALL_LETTERS}
BALANCED = Charset("balanced", "Letters and digits", (*_DIGITS, *_CAPITALS, *_UNLIKE_CAPITALS), _MERGED, glyph_side=24)
BYCLASS = Charset("byclass", "Letters of both cases and digits", (*_DIGITS, *_CAPITALS, *_SMALL), glyph_side=24)
LETTERS = Charset("letters", "Letters", _CAPITALS, _CAPITALS, glyph_side=24)

CHARSETS = {charset.name: charset for charset in (DIGITS, BALANCED, BYCLASS, LETTERS)}
"""Those of models."""

_OF_DATA_SETS = {charset.name: charset for charset in (CAPITALS, SMALL_LETTERS)}
"""Those of data sets alone: models that cover them read their images."""


def get_charset(name: str) -> Charset:
    """Look up a charset of models or data sets; raise ConfigError for an unknown name."""
    known = CHARSETS | _OF_DATA_SETS
    if name not in known:
        raise ConfigError(f"There is no charset {name!r}. Known: {', '.join(known)}.")
    return known[name]
