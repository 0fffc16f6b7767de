"""The session-state keys that parts of the pages share, typed, in one place; those of widgets that last, too."""

import streamlit as st

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
