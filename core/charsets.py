"""Which characters a model reads, in the order of its outputs."""

from dataclasses import dataclass

from core.errors import ConfigError


@dataclass(frozen=True)
class Charset:
    """An ordered set of characters; class `i` of a model is `characters[i]`."""

    name: str
    title: str
    characters: tuple[str, ...]


DIGITS = Charset("digits", "Digits", tuple("0123456789"))

CHARSETS = {charset.name: charset for charset in (DIGITS,)}


def get_charset(name: str) -> Charset:
    """Look up a charset by name.

    Raises:
        ConfigError: no charset has that name.
    """
    if name not in CHARSETS:
        raise ConfigError(f"There is no charset {name!r}. Known: {', '.join(CHARSETS)}.")
    return CHARSETS[name]
