"""Samples to a file, and from one."""

from dataclasses import dataclass

import streamlit as st

from core.charsets import Charset
from core.errors import DigitLabError
from core.samples import edits, exchange, store
from core.settings import Settings
from core.text import counted
from pages.components import page, widgets
from pages.components.sample_edits import remember
from pages.components.text import escape

_LARGEST_MB = 100
_MOST_PROBLEMS = 200  # lines
_IMPORTED = "samples-imported"


@dataclass(frozen=True)
class _Import:
    """The outcome of an import: sound samples in the file, those of them that are new, and a line for each other."""

    file: str
    sound: int
    new: int
    problems: tuple[str, ...]


def show(charset: Charset, count: int, settings: Settings) -> None:
    left, right = page.halves()
    with left:
        _export(charset, count, settings)
    with right:
        _import(charset, settings)


def _export(charset: Charset, count: int, settings: Settings) -> None:
    st.subheader("Export", anchor=False)
    st.markdown(
        f"A zip file with {counted(count, 'sample')}, as PNG pictures with `{exchange.TABLE_FILE}` and as an "
        "IDX pair, the format of MNIST. The original pictures are not in it."
    )

    def pack() -> bytes:
        return exchange.pack(store.read(settings, charset.name), charset)

    file = f"my-samples-{charset.name}.zip"
    widgets.download("Download", pack, file, "application/zip", "samples-export", disabled=not count)


def _import(charset: Charset, settings: Settings) -> None:
    st.subheader("Import", anchor=False)
    st.markdown(
        f"A zip file with pictures and a `{exchange.TABLE_FILE}` that has the columns `file` and `label`, or with an "
        f"IDX pair whose labels are indices into `{''.join(charset.characters)}`, counted from 0. The export "
        "makes both. Samples that are stored already are skipped."
    )
    closed = settings.read_only
    file = st.file_uploader("Zip file", ["zip"], max_upload_size=_LARGEST_MB, key="samples-file", disabled=closed)
    if file is None or closed:
        return
    done: _Import | None = st.session_state.get(_IMPORTED)
    if done and done.file == file.file_id:
        _report(done)
    elif st.button("Import", icon=":material/upload:", type="primary", key="samples-import"):
        try:
            with st.spinner("Reading the file"):
                content = exchange.import_samples(file.getvalue(), charset, settings)
                edit = remember(edits.add(content.samples, settings), charset.name)
        except DigitLabError as error:
            page.explain(error)
        else:
            done = _Import(file.file_id, len(content.samples), edit.count, tuple(content.problems))
            st.session_state[_IMPORTED] = done
            st.rerun()  # the other parts show the new samples


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
