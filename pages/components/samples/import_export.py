"""Samples to a file, and from one."""

from dataclasses import dataclass

import streamlit as st

from core.charsets import Charset
from core.errors import DigitLabError
from core.samples import edits, exchange, store
from core.settings import Settings
from core.text import counted
from pages.components import page, state
from pages.components.samples.selection import Subject, warn_read_only
from pages.components.text import escape

_LARGEST_MB = 100
_MOST_PROBLEMS = 200  # lines


@dataclass(frozen=True)
class Outcome:
    """What came of an import.

    Attributes:
        found, new: how many sound samples were in the file, and how many of them were not here yet.
        problems: a line for each one that is not sound.
    """

    found: int
    new: int
    problems: tuple[str, ...]


def show(subject: Subject) -> None:
    """Draw this part of the page."""
    left, right = page.halves()
    with left:
        _export(subject)
    with right:
        _import(subject)


def _export(subject: Subject) -> None:
    st.subheader("Export", anchor=False)
    st.markdown(
        f"One zip file with {counted(subject.count, 'sample')}: as PNG pictures with `{exchange.TABLE_FILE}`, and as "
        "an IDX pair, the format of MNIST. Pictures as given are not in it."
    )
    charset, settings = subject.charset, subject.settings
    st.download_button(
        "Download",
        lambda: exchange.pack(store.read(settings, charset.name), charset),
        f"my-samples-{charset.name}.zip",
        "application/zip",
        key="samples-export",
        icon=":material/download:",
        disabled=not subject.count,
        on_click="ignore",
    )


def _import(subject: Subject) -> None:
    st.subheader("Import", anchor=False)
    st.markdown(
        f"A zip file with pictures and a `{exchange.TABLE_FILE}` of the columns `file` and `label`, or with an IDX "
        f"pair, whose labels are places in `{''.join(subject.charset.characters)}`, from 0; the export makes both. "
        "What is here already is passed over."
    )
    closed = warn_read_only(subject.settings, "imported")
    file = st.file_uploader(
        "Zip file", ["zip"], max_upload_size=_LARGEST_MB, key="samples-file", disabled=closed, width="stretch"
    )
    if file is None or closed:
        return
    done = state.imported()
    if done is None or done[0] != file.file_id:
        if not st.button("Import", icon=":material/upload:", type="primary", key="samples-import"):
            return
        try:
            with st.spinner("Reading the file"):
                outcome = _bring_in(file.getvalue(), subject.charset, subject.settings)
        except DigitLabError as error:
            page.explain(error)
            return
        state.set_imported(file.file_id, outcome)
        st.rerun()  # the other parts show the new samples
    if done:
        _report(done[1])


def _bring_in(data: bytes, charset: Charset, settings: Settings) -> Outcome:
    found = exchange.import_samples(data, charset, settings)
    return Outcome(len(found.samples), edits.add(found.samples, settings), tuple(found.problems))


def _report(outcome: Outcome) -> None:
    known = outcome.found - outcome.new
    said = f"{counted(outcome.new, 'new sample')}."
    st.success(f"{said} {known:,} were here already." if known else said, icon=":material/check:")
    if outcome.problems:
        count = len(outcome.problems)
        st.warning(f"{count:,} could not be taken:", icon=":material/warning:")
        with st.container(height=200 if count > 5 else "content"):
            st.markdown("\n".join(f"- {escape(line)}" for line in outcome.problems[:_MOST_PROBLEMS]))
            if count > _MOST_PROBLEMS:
                st.caption(f"and {count - _MOST_PROBLEMS:,} more")
