"""The session-state keys that parts of the pages share, typed, in one place; those of widgets that last, too."""

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from pages.components.samples.correction import Said
    from pages.components.samples.import_export import Outcome


# Keys of widgets whose value Streamlit keeps for the whole session.
MODEL = "model"
ONLY = "only"
AUGMENTATION_PRESET = "augmentation-preset"


def augmentation(field: str) -> str:
    """The key of the slider of a field of `core.data.augment.Augmentation`; Explore and training share them."""
    return f"augmentation-{field}"


# Keys of our own.
_ACTIVE_MODEL = "active-model"
_MODEL_CHOOSERS = "model-choosers"
_TRAIN_SHOWN = "train-shown"
_TRAIN_SAID = "train-said"
_TRAIN_TIMED = "train-timed"
_SAID = "samples-said"
_SAMPLE = "samples-chosen"
_SAMPLES_NOTE = "samples-note"
_IMPORTED = "samples-imported"


def follow(active: str) -> str:
    """Keep which model everybody reads with now; the key of the widget that chooses another one.

    Where the active model has changed, the chooser begins anew: a browser may send the choice from before once more,
    with a click or a part of the page that renews itself, and it would bring the former model back. That choice is of
    the former chooser's key, and has no effect.
    """
    if st.session_state.get(_ACTIVE_MODEL, active) != active:
        st.session_state[_MODEL_CHOOSERS] = st.session_state.get(_MODEL_CHOOSERS, 0) + 1
    st.session_state[_ACTIVE_MODEL] = active
    return model_key()


def active_model() -> str | None:
    """The model that was active when the page ran last."""
    return st.session_state.get(_ACTIVE_MODEL)


def model_key() -> str:
    """The key of the widget that chooses the model to read with."""
    number = st.session_state.get(_MODEL_CHOOSERS, 0)
    return f"{MODEL}-{number}" if number else MODEL


def said() -> "Said | None":
    """What the person said last of an answer on the Draw or Upload page, and what came of it."""
    return st.session_state.get(_SAID)


def set_said(said: "Said | None") -> None:
    """Keep what the person said."""
    st.session_state[_SAID] = said


def sample() -> int | None:
    """The id of the sample that was chosen on the My samples page."""
    return st.session_state.get(_SAMPLE)


def set_sample(sample: int | None) -> None:
    """Keep the chosen sample."""
    st.session_state[_SAMPLE] = sample


def take_samples_note() -> tuple[str, bool]:
    """What the change of the My samples page just did, and whether it failed; told once, then empty."""
    found: tuple[str, bool] = st.session_state.pop(_SAMPLES_NOTE, ("", False))
    return found


def set_samples_note(note: str, failed: bool = False) -> None:
    """Keep what a change did."""
    st.session_state[_SAMPLES_NOTE] = (note, failed)


def imported() -> "tuple[str, Outcome] | None":
    """The file that was imported last, by its id, and what came of it."""
    return st.session_state.get(_IMPORTED)


def set_imported(file: str, outcome: "Outcome") -> None:
    """Keep what came of an import."""
    st.session_state[_IMPORTED] = (file, outcome)


def train_shown() -> str | None:
    """The run that the Train page shows on top when none is under way; None for none in particular, "" for no run."""
    return st.session_state.get(_TRAIN_SHOWN)


def set_train_shown(run: str) -> None:
    """Keep which run is to be shown."""
    st.session_state[_TRAIN_SHOWN] = run


def train_said() -> tuple[bool, str, float] | None:
    """What came of the last change on the Train page: whether it went well, the words, and when, as `time.time`."""
    return st.session_state.get(_TRAIN_SAID)


def set_train_said(said: tuple[bool, str, float] | None) -> None:
    """Keep what came of a change."""
    st.session_state[_TRAIN_SAID] = said


def train_timed() -> str | None:
    """The key of the job that times what the Train page's form holds; None before the first."""
    return st.session_state.get(_TRAIN_TIMED)


def set_train_timed(key: str) -> None:
    """Keep which job that is."""
    st.session_state[_TRAIN_TIMED] = key
