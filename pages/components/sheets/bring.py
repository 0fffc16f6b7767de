"""Bring pages in: choose files or photograph them, and have them read."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from core import cached
from core.errors import SampleError, SheetError
from core.jobs import Cancelled, Progress
from core.settings import Settings
from core.sheets import template_store
from core.sheets.page import Wanted
from core.sheets.reading import LAYOUTS, PageRead, read_file
from core.sheets.templates import Template
from core.text import counted
from core.vision.formats import ENDINGS
from pages.components import action, job, widgets
from pages.components.sheets import keeping, picture_file
from pages.components.sheets.keeping import Read
from pages.components.text import escape
from pages.components.uploads import File

if TYPE_CHECKING:
    from core.model.number_reader import NumberReader

_LAYOUT, _FILES, _READING, _DONE = "sheets-layout", "sheets-files", "sheets-reading", "sheets-done"
_TITLES: dict[Wanted, str] = {
    "auto": "Find out",
    "table": "Ruled table",
    "form": "Form or boxes",
    "sums": "Sums",
    "number": "One number",
}
_HINT = (
    "Mark sheets, forms, columns of readings, cheques, pages of sums: photographs, scans or PDF. They are read on this "
    "machine, and nothing is sent anywhere."
)
_ONLY_READ = "They are read and can be corrected here, but last only as long as this window is open."


@dataclass
class Brought:
    """What was read of files: the pages, and in sentences what was not read, or not as it should be."""

    pages: list[Read] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Reading:
    """A reading that this session has begun.

    It goes on whatever else is looked at; what was read is kept when this page is open, or opened again.
    """

    key: str
    contents: list[tuple[str, bytes]]
    wanted: Wanted

    def describe(self) -> str:
        names = [name for name, _ in self.contents]
        return f"Reading {escape(names[0]) if len(names) == 1 else counted(len(names), 'file')}"


def show(settings: Settings) -> None:
    """Ask for files, read those that are new, and open the first of them when all are read."""
    st.caption(_HINT)
    if reason := action.read_only_reason(settings):
        st.info(f"{reason} {_ONLY_READ}", icon=":material/lock:")
    if not follow(settings):
        _ask(settings)


def follow(settings: Settings, opens: bool = True) -> bool:
    """Show the reading that is under way, and keep what was read when it ends; whether it still is under way.

    Args:
        opens: whether the first page that was read is opened then; a sheet that somebody works on stays open.
    """
    reading: _Reading | None = st.session_state.get(_READING)
    if reading is None:
        return False
    read = job.run(reading.key, _work(reading, settings), reading.describe(), lambda done, _: counted(done, "page"))
    if read is not None:
        _finish(reading)
        keeping.keep(read.pages, read.notes, settings, opens)
    known = cached.jobs().get(reading.key)
    if known is not None and known.failed:
        st.button("Got it", key="sheets-reading-ok", type="tertiary", on_click=partial(_finish, reading))
    return known is not None and not known.ended


def _finish(reading: _Reading) -> None:
    """Let go of a reading, and with it of the files and the pictures; it does not begin by itself again."""
    st.session_state.pop(_READING, None)
    st.session_state[_DONE] = reading.key
    cached.jobs().forget(reading.key)


def _work(reading: _Reading, settings: Settings) -> Callable[[Progress], Brought]:
    """What reads these files, with the reader as it is now: where a job failed, it may have been restored since."""
    return partial(read_all, reading.contents, cached.loading_numbers(), reading.wanted, settings)


def _ask(settings: Settings) -> None:
    titles = {name: _TITLES[name] for name in LAYOUTS}
    wanted = widgets.segments("What is on the pages?", titles, _LAYOUT, persist_state="session")
    files = _choose(settings)
    key = job.key_of("sheets-read", wanted, [file.file_id for file in files])
    begun: _Reading | None = st.session_state.get(_READING)
    if not files or key in (st.session_state.get(_DONE), begun and begun.key):
        return
    if begun:
        _finish(begun)
    st.session_state[_READING] = _Reading(key, [(file.name, file.getvalue()) for file in files], wanted)
    st.rerun()  # without a way to choose others, which would be lost when the first of these opens


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
    if len(files) > settings.max_upload_files:
        st.warning(f"Only the first {settings.max_upload_files:,} files are read.", icon=":material/warning:")
    return list(files[: settings.max_upload_files])


def read_all(
    contents: Sequence[tuple[str, bytes]],
    reader: "Future[NumberReader]",
    wanted: Wanted,
    settings: Settings,
    progress: Progress,
) -> Brought:
    """All pages of all files, each with its picture as it is kept; where it is stopped, those that were read by then.

    Raises:
        Cancelled: it was stopped before any page was read.
    """
    templates, told = load_templates(settings)
    brought = Brought(notes=told)
    for index, (name, data) in enumerate(contents):
        try:
            for page in read_file(name, data, reader.result(), settings, wanted, templates):
                brought.pages.append(_pack(page))
                progress(len(brought.pages), 0)
        except Cancelled:
            if not brought.pages:
                raise
            brought.notes.append(_stopped(brought, [each for each, _ in contents[index:]]))
            break
    return brought


def _pack(page: PageRead) -> Read:
    return replace(page, picture=None), None if page.picture is None else picture_file.pack(page.picture)


def _stopped(brought: Brought, names: Sequence[str]) -> str:
    """What was not read when the reading was stopped: the rest of the file at hand, and those after it."""
    sheet = brought.pages[-1][0].sheet
    rest = ", ".join(names[1:])
    after = f"what may follow page {sheet.page} of {sheet.path}{f', and {rest}' if rest else ''}"
    return f"You stopped the reading. {counted(len(brought.pages), 'page')} read; not read: {after}."


def load_templates(settings: Settings) -> tuple[list[Template], list[str]]:
    """The templates that can be read, and what there is to say of the others."""
    try:
        return _sound_templates(settings)
    except SampleError as error:
        return [], [f"Pages were read without templates. {error}"]


def _sound_templates(settings: Settings) -> tuple[list[Template], list[str]]:
    try:
        return template_store.load_all(settings), []
    except SheetError:  # one is damaged: which is found one by one
        templates, told = [], []
    for name in template_store.names(settings):
        try:
            templates.append(template_store.load(name, settings))
        except SheetError:
            told.append(f"The template {name} is damaged and was left out. Delete it in “Template”, and keep it anew.")
    return templates, told
