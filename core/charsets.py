"""Which characters a model reads, in the order of its outputs, which of them look alike, and how to show them."""

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
"""Above so many classes a page does not show a bar for each, and asks for one by its key instead of from a list."""

GROUPS = {"digits": "Digits", "capitals": "Capitals", "small": "Lower case"}
"""The kinds of characters, by name, as they are shown."""

# Drawn alone, without neighbours to compare with, these cannot always be told apart, by people either: signs that have
# the same form, and letters whose capital is only larger, or written as the small one is.
_LOOK_ALIKE = ("0Oo", "1Il", "2Zz", "5Ss", "9gq", *("Cc", "Ff", "Jj", "Kk", "Mm", "Pp", "Uu", "Vv", "Ww", "Xx", "Yy"))


@dataclass(frozen=True)
class Charset:
    """An ordered set of characters; class `i` of a model is `characters[i]`.

    Attributes:
        merged: capitals that stand for their small letters, too.
        glyph_side: longer side of a character in the glyphs of its data sets and models, in pixels: 20 as in MNIST, or
            24 as in EMNIST, where what tells letters apart is small.
    """

    name: str
    title: str
    characters: tuple[str, ...]
    merged: tuple[str, ...] = ()
    glyph_side: int = 20

    @cached_property
    def look_alikes(self) -> tuple[tuple[str, ...], ...]:
        """Groups of two or more of the characters that look alike; a character is in one of them at most.

        One that stands for both cases is in the group of its small letter, too: an L that may be an l looks like a 1.
        """
        found = ({self.find(character) for character in group} for group in _LOOK_ALIKE)
        groups = (tuple(character for character in self.characters if character in group) for group in found)
        return tuple(group for group in groups if len(group) > 1)

    def alike(self, character: str) -> tuple[str, ...]:
        """The group that a character belongs to; only itself where nothing looks like it."""
        return next((group for group in self.look_alikes if character in group), (character,))

    def ambiguous_form(self, character: str) -> str:
        """The form in which a character looks like others: l for an L that stands for both cases; itself otherwise."""
        forms = (character, character.lower()) if character in self.merged else (character,)
        return next((form for form in forms if any(form in group for group in _LOOK_ALIKE)), character)

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """The characters by kind, of those kinds that there are: keys of GROUPS."""
        kinds: dict[str, tuple[str, ...]] = {}
        for character in self.characters:
            kind = "digits" if character.isdigit() else "capitals" if character.isupper() else "small"
            kinds[kind] = (*kinds.get(kind, ()), character)
        return kinds

    @cached_property
    def similarity_order(self) -> tuple[str, ...]:
        """The characters in an order in which look-alikes, and then both cases of a letter, stand beside each other."""
        order: dict[str, None] = {}
        for character in self.characters:
            order |= dict.fromkeys(self.alike(character))
            for one in self.alike(character):
                other = one.swapcase()
                order |= dict.fromkeys(self.alike(other) if other in self.characters else ())
        return tuple(order)

    def show(self, character: str) -> str:
        """A character as people are to read it: one that stands for both cases shows both, "Cc"."""
        return f"{character}{character.lower()}" if character in self.merged else character

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All characters as people are to read them, in order."""
        return tuple(map(self.show, self.characters))

    @property
    def noun(self) -> str:
        """What one of the characters is called, in a sentence."""
        kinds = {character.isdigit() for character in self.characters}
        return "letter or digit" if len(kinds) > 1 else "digit" if True in kinds else "letter"

    def find(self, typed: str) -> str | None:
        """The class that a typed character belongs to; None for one that is not read."""
        if typed in self.characters:
            return typed
        return typed.upper() if typed.upper() in self.merged else None

    def covers(self, other: "Charset") -> bool:
        """Whether every class of the other belongs to one here, no two to the same, so that it can be learnt as this.

        A class of one case may belong to one of both, as a capital C to "Cc"; one of both cases is of both here, too.
        """
        found = [self.find(character) for character in other.characters]
        return None not in found and len(set(found)) == len(found) and set(other.merged) <= set(self.merged)

    def indices_of(self, other: "Charset") -> list[int]:
        """The classes that the other's characters belong to, in its order.

        Raises:
            ConfigError: one of them is not read.
        """
        found = [self.find(character) for character in other.characters]
        if missing := [character for character, here in zip(other.characters, found, strict=True) if here is None]:
            raise ConfigError(f"{self.title} has no {', '.join(missing)}, which {other.title} has.")
        return [self.characters.index(here) for here in found if here is not None]

    @cached_property
    def forms(self) -> "Charset":
        """The charset that tells apart what this one merges: its characters in their order, then the small letters.

        A model that has seen both forms of a letter has an output for each, and of both cases it says their sum.
        """
        if not self.merged:
            return self
        small = tuple(letter.lower() for letter in self.merged)
        return replace(self, name=f"{self.name}-forms", characters=(*self.characters, *small), merged=())

    def pairs(self, other: "Charset") -> dict[int, int]:
        """The second class, by the first, of the other's characters that are two classes here: both forms of a letter.

        Raises:
            ConfigError: one of the other's characters is not read.
        """
        small = {letter: letter.lower() for letter in other.merged if letter.lower() in self.characters}
        first = dict(zip(other.characters, self.indices_of(other), strict=True))
        return {first[letter]: self.characters.index(form) for letter, form in small.items()}

    def outputs_for(self, others: Iterable["Charset"]) -> "Charset":
        """What a network has outputs for that reads this and learns from data sets of these charsets.

        Those are its forms where each form of every letter that it merges has images of its own.
        """
        apart = {character for other in others for character in other.characters if character not in other.merged}
        return self.forms if {*self.merged, *map(str.lower, self.merged)} <= apart else self

    @cached_property
    def restrictions(self) -> dict[str, "Charset"]:
        """What an answer can be restricted to, by kind (keys of GROUPS): those read whole that leave something out."""
        return {
            kind: charset
            for kind, charset in _KINDS.items()
            if len(charset.characters) < len(self.characters) and all(map(self.find, charset.characters))
        }

    def restricted(self, kind: str) -> "Charset":
        """What is left of it when an answer is restricted to a kind; all of it where that is not to be had."""
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
"""Those that models are made for."""

_OF_DATA_SETS = {charset.name: charset for charset in (CAPITALS, SMALL_LETTERS)}
"""Those that only data sets have: a model that holds them reads their images."""


def get_charset(name: str) -> Charset:
    """Look up a charset by name.

    Raises:
        ConfigError: no charset has that name.
    """
    known = CHARSETS | _OF_DATA_SETS
    if name not in known:
        raise ConfigError(f"There is no charset {name!r}. Known: {', '.join(known)}.")
    return known[name]
