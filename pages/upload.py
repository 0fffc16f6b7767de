"""Upload pictures, or take one, and see them read."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

import streamlit as st

from core import cached
from core.settings import Settings, get_settings
from core.text import counted
from core.vision.formats import ENDINGS
from pages.components import page, table, uploads
from pages.components.text import escape
from pages.components.uploads import File, Row, read_files

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

# Files above the limit still come in, so that they get a row with the reason.
_ACCEPTED = 3
_HINT = "Photographs, scans and drawings, dark on light or light on dark. They are not stored unless you say so."
_FILES, _KEPT, _LEFT_OUT, _ROWS = "upload-files", "upload-kept", "upload-left-out", "uploads"


def _choose(settings: Settings, noun: str) -> list[File]:
    """The chosen files, at most as many as are read at once; or the picture from the camera."""
    upload, camera = st.tabs(["Files", "Camera"], on_change="rerun", key="upload-source")
    with upload:
        uploaded = st.file_uploader(
            f"Choose or drop pictures of one {noun} each: at most {settings.max_upload_files} at once, of at most "
            f"{settings.max_upload_mb} MB and {settings.max_megapixels} million pixels each.",
            ENDINGS,
            accept_multiple_files=True,
            max_upload_size=_ACCEPTED * settings.max_upload_mb,
            key=_FILES,
            on_change=_keep,
        )
        files: Sequence[File] = uploaded or _kept()
        if not files:
            st.caption(_HINT)
    if camera.open:
        with camera:
            taken = st.camera_input(f"Hold one {noun} in front of the camera.", key="upload-camera", width=640)
        return [taken] if taken else []
    if len(files) > settings.max_upload_files:
        st.warning(
            f"{len(files)} files were chosen. The first {settings.max_upload_files} are read; upload the others next.",
            icon=":material/warning:",
        )
    return list(files[: settings.max_upload_files])


def _keep() -> None:
    """Keep what the uploader holds, as many files as there is room for: it forgets them when the page is left."""
    files: list[UploadedFile] = st.session_state[_FILES]
    sizes = accumulate(file.size for file in files)
    room = sum(size <= uploads.MOST_KEPT_MB * 1e6 for size in sizes)
    st.session_state[_KEPT], st.session_state[_LEFT_OUT] = files[:room], len(files) - room


def _kept() -> list[File]:
    """The files from before the page was left, with a way to remove them; of those that were left out, why."""
    files: list[File] = st.session_state.get(_KEPT, [])
    left_out = st.session_state.get(_LEFT_OUT, 0)
    if not files and not left_out:
        return []
    with st.container(horizontal=True, vertical_alignment="center"):
        if files:
            names = escape(files[0].name) if len(files) == 1 else counted(len(files), "picture")
            st.markdown(f"From before: {names}", width="content")
        if left_out:
            number = f"{left_out:,} more" if files else counted(left_out, "picture")
            verb, what = ("was", "it") if left_out == 1 else ("were", "them")
            st.caption(
                f"{number} {verb} not kept: while you are on another page, at most {uploads.MOST_KEPT_MB} MB are. "
                f"Upload {what} again."
            )
        st.button("Remove" if files else "Dismiss", key="upload-remove", icon=":material/close:", on_click=_forget)
    return files


def _forget() -> None:
    st.session_state[_KEPT], st.session_state[_LEFT_OUT] = [], 0


def _read(files: Sequence[File], model: str, only: str, settings: Settings) -> list[Row]:
    """The rows of the files, in their order; only those that are new are read."""
    known: dict[tuple[str, str, str], Row] = st.session_state.setdefault(_ROWS, {})
    keys = [(model, only, file.file_id) for file in files]
    new = {key: file for key, file in zip(keys, files, strict=True) if key not in known}
    if new:
        known |= zip(new, _read_new(list(new.values()), model, only, settings), strict=True)
    for key in known.keys() - set(keys):
        del known[key]
    return [known[key] for key in keys]


def _read_new(files: Sequence[File], model: str, only: str, settings: Settings) -> Iterator[Row]:
    """Read files and show how far it is."""
    bar = st.progress(0.0, "Loading the model")
    try:
        rows = read_files(files, cached.recogniser(model), only, settings)
        for done, row in enumerate(rows, start=1):
            bar.progress(done / len(files), f"Read {done} of {len(files)}: {escape(row.reading.name)}")
            yield row
    finally:
        bar.empty()


active = page.begin("Upload pictures", asks=False)
if active and active.card:
    only, charset = page.choose_reader(active.card)
    settings = get_settings()
    files = _choose(settings, charset.noun)
    with page.explained():
        if len(files) == 1:
            table.show_one(files[0], active.card, only, charset)
        elif files:
            table.show(files, _read(files, active.name, only, settings), active.card, only, charset)
    cached.loading(active.name)
