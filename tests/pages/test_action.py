"""A button that changes something: at once, after a question, refused, and closed."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.settings import get_settings
from pages.components.action import read_only_reason


def _page() -> None:
    import streamlit as st

    from core.errors import ModelError
    from core.settings import get_settings
    from pages.components import action

    def refuse() -> None:
        raise ModelError("No *room*.")

    def add() -> int:
        st.session_state["made"] = st.session_state.get("made", 0) + 1
        return int(st.session_state["made"])

    settings = get_settings()
    action.warn_read_only(settings)
    action.show_outcome("lab")
    action.button("Add", "lab-add", "add", add, settings, done=lambda count: f"Now {count}.")
    action.button("Sure", "lab-sure", "add", add, settings, question="All is lost.", done="Done.")
    action.button("Refuse", "lab-refuse", "close", refuse, settings)
    action.button("Later", "lab-later", "close", add, settings, blocked="Not yet.")


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_function(_page).run()


def test_the_outcome_is_shown_after_the_change(page: AppTest) -> None:
    assert not page.success
    page.button(key="lab-add").click().run()
    assert page.success[0].value == "Now 1."
    page.button(key="lab-sure").click().run()
    assert page.session_state["made"] == 2
    assert page.success[0].value == "Done."
    assert page.markdown[0].value == "All is lost."
    assert page.button(key="lab-sure").label == "Sure for good"


def test_a_refusal_is_shown_as_text(page: AppTest) -> None:
    page.button(key="lab-refuse").click().run()
    assert page.error[0].value == r"No \*room\*."
    page.button(key="lab-add").click().run()
    assert not page.error


def test_what_cannot_be_done_says_why(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (page.button(key="lab-later").disabled, page.button(key="lab-later").help) == (True, "Not yet.")
    assert not page.button(key="lab-add").disabled
    monkeypatch.setenv("DIGITS_READ_ONLY", "1")
    reason = read_only_reason(get_settings())
    page.run()
    assert page.info[0].value == reason
    assert all(button.disabled for button in page.button)
    assert page.button(key="lab-add").help == page.button(key="lab-later").help == reason
    assert read_only_reason(replace(get_settings(), read_only=False)) is None
