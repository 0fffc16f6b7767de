"""Text from outside, made safe to show."""

import re

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:<>&])")


def plain(text: str) -> str:
    """A file's name, say, as Markdown that shows it as it is: no emphasis, link, picture or colour comes of it."""
    return _MARKS.sub(r"\\\1", text)
