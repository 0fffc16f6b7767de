"""Bring pages in: choose files or photograph them, and have them read."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from core import cached
from core.jobs import Progress
from core.settings import Settings
from core.sheets import template_store
from core.sheets.page import Wanted
from core.sheets.reading import LAYOUTS, PageRead, read_file
from core.text import counted
from core.vision.formats import ENDINGS
from pages.components import job, widgets
from pages.components.sheets import desk, picture_file
from pages.components.text import escape
from pages.components.uploads import File

if TYPE_CHECKING:
    from core.model.number_reader import NumberReader

_LAYOUT, _FILES, _DONE = "sheets-layout", "sheets-files", "sheets-done"
_TITLES: dict[Wanted, str] = {
    "auto": "Find out",
    "table": "Ruled table",
    "form": "Form or boxes",
    "sums": "Sums",
    "number": "One number",
}
_HINT = (
    "Mark sheets, forms with boxes, columns of readings, cheques, pages of sums: photographs, scans or PDF. They are "
    "read on this machine, and nothing is sent anywhere."
)
Read = tuple[PageRead, bytes | None]


def show(settings: Settings) -> None:
    """Ask for files, read those that are new, and open the first of them when all are read."""
    st.caption(_HINT)
    titles = {name: _TITLES[name] for name in LAYOUTS}
    wanted = widgets.segments("What is on the pages?", titles, _LAYOUT, persist_state="session")
    files = _choose(settings)
    if not files:
        return
    key = job.key_of("sheets-read", wanted, [file.file_id for file in files])
    reader, contents = cached.loading_numbers(), [(file.name, file.getvalue()) for file in files]
    doing = f"Reading {escape(files[0].name) if len(files) == 1 else counted(len(files), 'file')}"

    def work(progress: Progress) -> list[Read]:
        return _read(contents, reader, wanted, settings, progress)

    read = job.run(key, work, doing, lambda done, _: counted(done, "page"))
    if read is not None and st.session_state.get(_DONE) != key:
        st.session_state[_DONE] = key
        _keep(read, settings)


def _choose(settings: Settings) -> Sequence[File]:
    upload, camera = st.tabs(["Files", "Camera"], on_change="rerun", key="sheets-source")
    with upload:
        files = st.file_uploader(
            f"Choose or drop pages: pictures or PDF, of at most {settings.max_upload_mb} MB each.",
            [*ENDINGS, "pdf"],
            accept_multiple_files=True,
            max_upload_size=settings.max_upload_mb,
            key=_FILES,
        )
    if camera.open:
        with camera:
            taken = st.camera_input("Hold the page in front of the camera.", key="sheets-camera", width=640)
        return [taken] if taken else []
    return list(files[: settings.max_upload_files])


def _read(
    contents: Sequence[tuple[str, bytes]],
    reader: "Future[NumberReader]",
    wanted: Wanted,
    settings: Settings,
    progress: Progress,
) -> list[Read]:
    """All pages of all files, each with its picture as it is kept."""
    pages: list[Read] = []
    templates = template_store.load_all(settings)
    for name, data in contents:
        for page in read_file(name, data, reader.result(), settings, wanted, templates):
            packed = None if page.picture is None else picture_file.pack(page.picture)
            pages.append((replace(page, picture=None), packed))
            progress(len(pages), 0)
    return pages


def _keep(read: Sequence[Read], settings: Settings) -> None:
    """Keep the pages that were read, open the first, and say what could not be."""
    kept, notes = [], []
    for page, picture in read:
        sheet = page.sheet
        if said := sheet.problem or page.note:
            notes.append(f"{escape(sheet.path)}: {escape(said)}")
        if not sheet.problem:
            kept.append(desk.keep(sheet, page.plan, picture, settings))
    st.session_state["sheets-notes"] = notes
    if kept:
        st.session_state["sheets-open"] = kept[0]
    st.rerun()


def show_notes() -> None:
    """Say once what there is to say of the files that were read last."""
    for note in st.session_state.pop("sheets-notes", []):
        st.warning(note, icon=":material/warning:")
