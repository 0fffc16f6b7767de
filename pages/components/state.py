"""The session-state keys that parts of the pages share, typed, in one place; those of widgets that last, too."""

from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from pages.components.samples.correction import Said
    from pages.components.samples.import_export import Outcome
    from pages.components.uploads import Row


# Keys of widgets whose value Streamlit keeps for the whole session.
ONLY = "only"
PEN = "pen-width"
PEN_RANGE = (6, 40)
PEN_START = 18
AUGMENTATION_PRESET = "augmentation-preset"


def augmentation(field: str) -> str:
    """The key of the slider of a field of `core.data.augment.Augmentation`; Explore and training share them."""
    return f"augmentation-{field}"


# Keys of our own.
_ACTIVE_MODEL = "active-model"
_MODEL_CHOOSERS = "model-choosers"
_CANVAS_START = "canvas-start"
_CANVAS_SIDE = "canvas-side"
_UPLOADS = "uploads"
_EVALUATE_AGAIN = "evaluate-measured-again"
_EVALUATE_CELL = "evaluate-cell"
_EVALUATE_SECONDS = "evaluate-seconds"
_EXPLORE_IMAGE = "explore-image"
_TRAIN_SHOWN = "train-shown"
_TRAIN_SAID = "train-said"
_TRAIN_TIMED = "train-timed"
_SAID = "samples-said"
_SAMPLE = "samples-chosen"
_SAMPLES_NOTE = "samples-note"
_IMPORTED = "samples-imported"


def set_active_model(name: str) -> None:
    """Keep the active model that was seen. Where it has changed, the chooser of models begins anew.

    A browser may send the choice from before once more, with a click or a part of the page that renews itself; it would
    bring the former model back. It is of the former chooser's key, and has no effect.
    """
    if st.session_state.get(_ACTIVE_MODEL, name) != name:
        st.session_state[_MODEL_CHOOSERS] = st.session_state.get(_MODEL_CHOOSERS, 0) + 1
    st.session_state[_ACTIVE_MODEL] = name


def model_key() -> str:
    """The key of the widget that chooses the model to read with."""
    number = st.session_state.get(_MODEL_CHOOSERS, 0)
    return f"model-{number}" if number else "model"


def canvas_start() -> dict[str, Any] | None:
    """The drawing that undo or clear has put on the canvas, as Fabric.js JSON; None before either was used."""
    return st.session_state.get(_CANVAS_START)


def set_canvas_start(drawing: dict[str, Any] | None) -> None:
    """Put a drawing on the canvas, in place of what is there."""
    st.session_state[_CANVAS_START] = drawing


def canvas_side() -> int | None:
    """Width and height of the canvas in pixels; None until the browser has told how much room there is."""
    return st.session_state.get(_CANVAS_SIDE)


def set_canvas_side(side: int) -> None:
    """Keep the canvas size for the rest of the session."""
    st.session_state[_CANVAS_SIDE] = side


def uploads() -> "dict[tuple[str, str, str], Row]":
    """What was read from the uploaded files, so that sorting and filtering read nothing again.

    By the model, the kind of characters that its answers were restricted to, and the file's id.
    """
    found: dict[tuple[str, str, str], Row] = st.session_state.setdefault(_UPLOADS, {})
    return found


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


def explore_image() -> int:
    """The place in its data set of the image that was chosen on the Explore page; 0 before one was."""
    found: int = st.session_state.get(_EXPLORE_IMAGE, 0)
    return found


def set_explore_image(index: int) -> None:
    """Keep the chosen image for the other parts of the page."""
    st.session_state[_EXPLORE_IMAGE] = index


def evaluate_again() -> set[tuple[str, str]]:
    """The stored answers that the person wants measured again, by (model, data set and split)."""
    found: set[tuple[str, str]] = st.session_state.setdefault(_EVALUATE_AGAIN, set())
    return found


def evaluate_cell() -> tuple[int, int] | None:
    """The cell of the confusion matrix that was chosen: the true class and the one it was read as."""
    return st.session_state.get(_EVALUATE_CELL)


def set_evaluate_cell(true: int, read: int) -> None:
    """Keep the chosen cell."""
    st.session_state[_EVALUATE_CELL] = (true, read)


def evaluate_seconds() -> dict[str, float]:
    """The measured time of models for a single image, in seconds, by the hash of their weights."""
    found: dict[str, float] = st.session_state.setdefault(_EVALUATE_SECONDS, {})
    return found


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
