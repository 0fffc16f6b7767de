"""Text from outside, made safe to show."""

import re

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:<>&])")

# Within a sentence: pictures, links, code, emphasis, colours, formulas, and addresses that become links by themselves.
_ACTIVE = re.compile(r"([\\`*\[\]$~<]|(?<!\w)_|_(?!\w)|:(?=//)|(?<=www)\.)")


def escape(text: str) -> str:
    """A file's name, say, as Markdown that shows it as it is: no emphasis, link, picture or colour comes of it."""
    return _MARKS.sub(r"\\\1", text)


def message(text: object) -> str:
    """An error or a note as Markdown, in which words of a file or of somebody's model may be quoted: they stay text."""
    return _ACTIVE.sub(r"\\\1", str(text))
