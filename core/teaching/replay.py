"""Which data set a teaching replays against forgetting. Imports no torch: a page says so before the start."""

from core.charsets import get_charset
from core.data.register import ALWAYS_PRESENT, SOURCES, is_mine
from core.data.source import Source
from core.errors import ConfigError
from core.model.card import Card
from core.settings import Settings


def replay_source(card: Card, settings: Settings) -> Source:
    """The first data set on this machine that a model has learnt from; for one of digits else that which always is.

    Raises:
        ConfigError: none of its characters is here.
    """
    charset = get_charset(card.charset)
    learnt_from = [SOURCES[source.name] for source in card.sources if source.name in SOURCES]
    fitting = [
        source
        for source in (*learnt_from, SOURCES[ALWAYS_PRESENT])
        if source.charset == charset and not source.slow and not is_mine(source.name)
    ]
    if source := next((source for source in fitting if source.present(settings)), None):
        return source
    if not fitting:
        raise ConfigError(
            f"Against forgetting, images are needed that {card.name!r} has learnt from, and it has learnt from samples "
            "alone. Train a model on a data set, and teach that one."
        )
    raise ConfigError(
        f"Against forgetting, images are needed that {card.name!r} has learnt from "
        f"({' or '.join(source.title for source in fitting)}), and none is on this machine. Fetch them on the Explore "
        "page, and try again."
    )
