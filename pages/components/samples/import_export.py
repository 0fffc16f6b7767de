"""Samples to a file, and from one."""

from dataclasses import dataclass

import streamlit as st

from core.errors import DigitLabError
from core.samples import edits, exchange, store
from core.text import counted
from pages.components import page
from pages.components.sample_edits import remember
from pages.components.samples.selection import SampleSet
from pages.components.text import escape

_LARGEST_MB = 100
_MOST_PROBLEMS = 200  # lines
_IMPORTED = "samples-imported"


@dataclass(frozen=True)
class _Import:
    """The outcome of an import.

    Attributes:
        file: id of the file.
        sound, new: how many sound samples were in the file, and how many of them were not stored yet.
        problems: a line for each sample that is not sound.
    """

    file: str
    sound: int
    new: int
    problems: tuple[str, ...]


def show(samples: SampleSet) -> None:
    """Draw this part of the page."""
    left, right = page.halves()
    with left:
        _export(samples)
    with right:
        _import(samples)


def _export(samples: SampleSet) -> None:
    st.subheader("Export", anchor=False)
    st.markdown(
        f"A zip file with {counted(samples.count, 'sample')}, as PNG pictures with `{exchange.TABLE_FILE}` and as an "
        "IDX pair, the format of MNIST. The original pictures are not in it."
    )
    charset, settings = samples.charset, samples.settings
    st.download_button(
        "Download",
        lambda: exchange.pack(store.read(settings, charset.name), charset),
        f"my-samples-{charset.name}.zip",
        "application/zip",
        key="samples-export",
        icon=":material/download:",
        disabled=not samples.count,
        on_click="ignore",
    )


def _import(samples: SampleSet) -> None:
    st.subheader("Import", anchor=False)
    st.markdown(
        f"A zip file with pictures and a `{exchange.TABLE_FILE}` that has the columns `file` and `label`, or with an "
        f"IDX pair whose labels are indices into `{''.join(samples.charset.characters)}`, counted from 0. The export "
        "makes both. Samples that are stored already are skipped."
    )
    closed = samples.settings.read_only
    file = st.file_uploader(
        "Zip file", ["zip"], max_upload_size=_LARGEST_MB, key="samples-file", disabled=closed, width="stretch"
    )
    if file is None or closed:
        return
    done: _Import | None = st.session_state.get(_IMPORTED)
    if done and done.file == file.file_id:
        _report(done)
    elif st.button("Import", icon=":material/upload:", type="primary", key="samples-import"):
        try:
            with st.spinner("Reading the file"):
                st.session_state[_IMPORTED] = _store(file.file_id, file.getvalue(), samples)
        except DigitLabError as error:
            page.explain(error)
        else:
            st.rerun()  # the other parts show the new samples


def _store(file: str, data: bytes, samples: SampleSet) -> _Import:
    content = exchange.import_samples(data, samples.charset, samples.settings)
    edit = remember(edits.add(content.samples, samples.settings), samples.charset.name)
    return _Import(file, len(content.samples), edit.count, tuple(content.problems))


def _report(done: _Import) -> None:
    known, new = done.sound - done.new, f"{counted(done.new, 'new sample')}."
    st.success(f"{new} {known:,} skipped: stored already." if known else new, icon=":material/check:")
    if done.problems:
        count = len(done.problems)
        st.warning(f"{counted(count, 'sample')} could not be imported:", icon=":material/warning:")
        with st.container(height=200 if count > 5 else "content"):
            st.markdown("\n".join(f"- {escape(line)}" for line in done.problems[:_MOST_PROBLEMS]))
            if count > _MOST_PROBLEMS:
                st.caption(f"and {count - _MOST_PROBLEMS:,} more")
