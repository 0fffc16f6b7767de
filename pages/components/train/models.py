"""The library: its models to use, describe, take along, let in and delete."""

from datetime import datetime
from functools import partial

import streamlit as st

from core import cached
from core.errors import ModelError
from core.model import library_admin
from core.model.card import Card
from core.model.library import SHIPPED, Entry
from core.settings import Settings
from core.text import megabytes
from pages.components.text import escape
from pages.components.train import summary
from pages.components.train.act import act, confirmed, why_not

_SHIPPED = "It came with the program: it cannot be renamed or deleted."


def show(settings: Settings) -> None:
    """Draw this part of the page."""
    active = cached.active_model()
    for entry in cached.models():
        with st.container(border=True, key=f"train-model-{entry.name}"):
            if entry.card:
                _facts(entry.card, entry.weights_bytes, entry.name == active)
            else:
                st.markdown(f"**{escape(entry.name)}** :red-badge[damaged]")
                st.caption(escape(entry.problem or ""))
            _buttons(entry, active, settings)
    _let_in(settings)


def _facts(card: Card, weights_bytes: int, active: bool) -> None:
    badge = " :green-badge[active]" if active else ""
    title = f": {escape(card.title)}" if card.title != card.name else ""
    st.markdown(f"**{escape(card.name)}**{title}{badge}")
    if card.description:
        st.markdown(escape(card.description))
    scores = [f"{escape(score.title)} {summary.say(score, card)}" for score in card.scores]
    created = datetime.fromisoformat(card.created)
    make = (
        f"{escape(card.architecture)}, {card.parameters:,} parameters, {megabytes(weights_bytes)}, "
        f"{created.day} {created:%B %Y}"
    )
    st.caption("  \n".join([*(scores or ["Not measured on a test set."]), make]))


def _buttons(entry: Entry, active: str | None, settings: Settings) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if entry.card and entry.name == active:
            summary.back(settings, "train-back")
        elif entry.card:
            summary.use(entry.name, settings, f"train-use-{entry.name}")
        if entry.card:
            _describe(entry.name, entry.card, settings)
            st.download_button(
                "Download",
                partial(library_admin.pack, entry.name, settings),
                f"{entry.name}.zip",
                "application/zip",
                key=f"train-pack-{entry.name}",
                icon=":material/download:",
                on_click="ignore",
                wrap=False,
            )
        _delete(entry, entry.name == active, settings)


def _describe(name: str, card: Card, settings: Settings) -> None:
    no = why_not(settings)
    with st.popover("Rename, describe", icon=":material/edit:", disabled=no is not None, help=no, wrap=False):
        shipped = name in SHIPPED
        with st.form(f"train-describe-{name}", border=False):
            new = st.text_input("Name", name, 64, disabled=shipped, help=_SHIPPED if shipped else None)
            title = st.text_input("Title", card.title, library_admin.LONGEST_TITLE)
            text = st.text_area("Description", card.description, max_chars=library_admin.LONGEST_DESCRIPTION)
            if st.form_submit_button("Save", type="primary", disabled=no is not None):
                act(partial(_change, name, new, title, text, settings), f"“{escape(new)}” is changed.")
                st.rerun()


def _change(name: str, new: str, title: str, description: str, settings: Settings) -> None:
    if new != name:
        library_admin.rename(name, new, settings)
    library_admin.describe(new, title, description, settings)


def _delete(entry: Entry, active: bool, settings: Settings) -> None:
    no = why_not(settings) or (_SHIPPED if entry.name in SHIPPED else None)
    lost = f"Its weights, its card and its answers to test images are lost ({megabytes(entry.weights_bytes)})."
    follows = " It is the active model; the former one, or the first of the others, is from then on." if active else ""
    question = f"Delete “{escape(entry.name)}”? {lost}{follows} Download it first to be able to import it again."
    change, done = partial(library_admin.delete, entry.name, settings), f"“{escape(entry.name)}” is deleted."
    confirmed("Delete", "delete", question, f"train-delete-{entry.name}", change, no, done)


def _let_in(settings: Settings) -> None:
    no = why_not(settings)
    st.subheader("Import a model", anchor=False)
    file = st.file_uploader(
        "A zip file that was downloaded here or in another Digit Lab",
        type="zip",
        key="train-import-file",
        disabled=no is not None,
        help="It is checked whole before it is let in; nothing in it is run.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name here", key="train-import-name", placeholder="its own", max_chars=64, width=240)
        closed = file is None or no is not None
        if st.button("Import", key="train-import", icon=":material/upload:", disabled=closed) and file:
            with st.spinner("Checking the model"):
                _import(file.name, file.getvalue(), name.strip(), settings)
            st.rerun()


def _import(file: str, data: bytes, name: str, settings: Settings) -> None:
    def let_in() -> None:
        if len(data) > settings.max_upload_mb * 1_000_000:
            raise ModelError(
                f"“{escape(file)}” has {megabytes(len(data), 1)}; at most {settings.max_upload_mb} are read "
                "(DIGITS_MAX_UPLOAD_MB)."
            )
        library_admin.import_model(data, name, settings)

    act(let_in, f"The model of “{escape(file)}” is in the library now.")
