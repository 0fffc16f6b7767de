"""The buttons that make a model the active one, for everybody, after saying so."""

from collections.abc import Callable
from functools import partial

from core.model import library_admin
from core.settings import Settings
from pages.components import action
from pages.components.text import escape

_QUESTION = (
    "Every page then reads with “{}”, for everybody who uses this Digit Lab. You can change back on the Train page."
)
_CONFIRM = "Use it for everybody"


def use(
    name: str,
    settings: Settings,
    key: str,
    label: str = "Use this model",
    prepare: Callable[[], object] | None = None,
    blocked: str = "",
    primary: bool = False,
    done: str | None = None,
) -> None:
    """Offer to make a model the active one.

    Args:
        prepare: what to do first, such as putting the model into the library.
        done: the outcome, where the page has its own words for it.
        key: what the button's begins with; the model's name follows.
        label, blocked, primary: as for `action.button`.
    """

    def change() -> None:
        if prepare:
            prepare()
        library_admin.activate(name, settings)

    action.button(
        label,
        f"{key}-{name}",
        "published_with_changes",
        change,
        settings,
        done=f"“{escape(name)}” is active now: every page reads with it, for everybody." if done is None else done,
        question=_QUESTION.format(escape(name)),
        confirm=_CONFIRM,
        blocked=blocked,
        primary=primary,
    )


def bring_back(settings: Settings, key: str) -> None:
    """Offer to make the former model the active one again, where there is one."""
    former = library_admin.former_model(settings)
    if former:
        action.button(
            f"Bring back {escape(former)}",
            f"{key}-{former}",
            "undo",
            partial(library_admin.activate, former, settings),
            settings,
            done=f"“{escape(former)}” is active again: every page reads with it, for everybody.",
            question=_QUESTION.format(escape(former)),
            confirm=_CONFIRM,
        )
