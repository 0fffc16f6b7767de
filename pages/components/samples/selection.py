"""The samples that the parts of My samples show."""

from dataclasses import dataclass

from core.charsets import Charset
from core.settings import Settings


@dataclass(frozen=True)
class SampleSet:
    """The samples of one charset.

    Attributes:
        count: how many there were when the whole page was last drawn.
    """

    charset: Charset
    settings: Settings
    count: int
