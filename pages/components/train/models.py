"""The library: its models to use, describe, download, import and delete."""

from datetime import datetime
from functools import partial

import streamlit as st

from core import cached
from core.errors import ModelError
from core.model import library_admin
from core.model.card import Card
from core.model.library import SHIPPED, Entry
from core.settings import Settings
from core.text import megabytes, moment
from pages.components import action, widgets
from pages.components.text import escape
from pages.components.train import summary

_SHIPPED = "This model came with Digit Lab: it cannot be renamed or deleted."


def show(settings: Settings) -> None:
    active = cached.active_model()
    for entry in cached.models():
        with st.container(border=True, key=f"train-model-{entry.name}"):
            if entry.card:
                _facts(entry.card, entry.weights_bytes, entry.name == active)
            else:
                st.markdown(f"**{escape(entry.name)}** :red-badge[damaged]")
                st.caption(escape(entry.problem or ""))
            _buttons(entry, active, settings)
    _import_part(settings)


def _facts(card: Card, weights_bytes: int, active: bool) -> None:
    badge = " :green-badge[active]" if active else ""
    title = f": {escape(card.title)}" if card.title != card.name else ""
    st.markdown(f"**{escape(card.name)}**{title}{badge}")
    if card.description:
        st.markdown(escape(card.description))
    scores = [f"{escape(score.title)} {summary.say(score, card)}" for score in card.scores]
    size, made = megabytes(weights_bytes), moment(datetime.fromisoformat(card.created))
    make = f"{escape(card.architecture)}, {card.parameters:,} parameters, {size}, {made}"
    st.caption("  \n".join([*(scores or ["Not measured on a test set."]), make]))


def _buttons(entry: Entry, active: str | None, settings: Settings) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if entry.card and entry.name == active:
            action.bring_back(settings, "train-back")
        elif entry.card:
            action.use(entry.name, settings, "train-use")
        if entry.card:
            _describe(entry.name, entry.card, settings)
            pack, file = partial(library_admin.pack, entry.name, settings), f"{entry.name}.zip"
            widgets.download("Download", pack, file, "application/zip", f"train-pack-{entry.name}", wrap=False)
        _delete(entry, entry.name == active, settings)


def _describe(name: str, card: Card, settings: Settings) -> None:
    reason = action.read_only_reason(settings)
    with st.popover("Rename, describe", icon=":material/edit:", disabled=reason is not None, help=reason, wrap=False):
        shipped = name in SHIPPED
        with st.form(f"train-describe-{name}", border=False):
            new = st.text_input("Name", name, 64, disabled=shipped, help=_SHIPPED if shipped else None)
            title = st.text_input("Title", card.title, library_admin.LONGEST_TITLE)
            text = st.text_area("Description", card.description, max_chars=library_admin.LONGEST_DESCRIPTION)
            if st.form_submit_button("Save", type="primary", disabled=reason is not None):
                change = partial(_change, name, new, title, text, settings)
                action.run("train-describe", change, f"“{escape(new)}” is saved.")
                st.rerun()


def _change(name: str, new: str, title: str, description: str, settings: Settings) -> None:
    if new != name:
        library_admin.rename(name, new, settings)
    library_admin.describe(new, title, description, settings)


def _delete(entry: Entry, active: bool, settings: Settings) -> None:
    name = escape(entry.name)
    follows = " It is the active model; the former one, or else the first of the list, takes its place."
    lost = f"Its weights, its card and its answers to test images are lost ({megabytes(entry.weights_bytes)})."
    action.button(
        "Delete",
        f"train-delete-{entry.name}",
        "delete",
        partial(library_admin.delete, entry.name, settings),
        settings,
        done=f"“{name}” is deleted.",
        question=f"Delete “{name}”? {lost}{follows if active else ''} Download it first to be able to import it again.",
        blocked=_SHIPPED if entry.name in SHIPPED else "",
    )


def _import_part(settings: Settings) -> None:
    closed = settings.read_only
    st.subheader("Import a model", anchor=False)
    file = st.file_uploader(
        "A zip file that was downloaded from this or another Digit Lab",
        type="zip",
        key="train-import-file",
        disabled=closed,
        help="It is checked completely before it is imported; nothing in it is run.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "New name", key="train-import-name", placeholder="as in the file", max_chars=64, width=240, disabled=closed
        )
        if st.button("Import", key="train-import", icon=":material/upload:", disabled=closed or file is None) and file:
            change = partial(_import, file.name, file.getvalue(), name.strip(), settings)
            with st.spinner("Checking the model"):
                action.run("train-import", change, f"The model of “{escape(file.name)}” is in the library now.")
            st.rerun()


def _import(file: str, data: bytes, name: str, settings: Settings) -> None:
    if len(data) > settings.max_upload_mb * 1_000_000:
        raise ModelError(
            f"“{file}” has {megabytes(len(data), 1)}; at most {settings.max_upload_mb} MB are read "
            "(DIGITS_MAX_UPLOAD_MB)."
        )
    library_admin.import_model(data, name, settings)
