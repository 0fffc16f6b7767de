"""Upload pictures, or take one, and see them read."""

from collections.abc import Iterator, Sequence

import streamlit as st

from core import cached
from core.errors import DigitLabError
from core.settings import Settings, get_settings
from core.vision.formats import ENDINGS
from pages.components import model_picker, page, state, table
from pages.components.text import escape
from pages.components.uploads import File, Row, read_files

# Files above the limit still come in, so that they get a row with the reason.
_ACCEPTED = 3
_HINT = "Photographs, scans and drawings, dark on light or light on dark. None of them is stored unless you say so."


def _choose(settings: Settings, one: str) -> list[File]:
    """The chosen files, at most as many as are read at once; or the picture from the camera."""
    upload, camera = st.tabs(["Files", "Camera"], on_change="rerun", key="upload-source")
    with upload:
        files = st.file_uploader(
            f"Choose or drop pictures of one {one} each. Up to {settings.max_upload_files} are read at once, "
            f"those above {settings.max_upload_mb} MB or {settings.max_megapixels} million pixels are not.",
            ENDINGS,
            accept_multiple_files=True,
            max_upload_size=_ACCEPTED * settings.max_upload_mb,
            key="upload-files",
        )
        if not files:
            st.caption(_HINT)
    if camera.open:
        with camera:
            taken = st.camera_input(f"Hold one {one} in front of the camera.", key="upload-camera", width=640)
        return [taken] if taken else []
    if len(files) > settings.max_upload_files:
        st.warning(
            f"{len(files)} files were chosen. The first {settings.max_upload_files} are read; upload the others next.",
            icon=":material/warning:",
        )
    return list(files[: settings.max_upload_files])


def _read(files: Sequence[File], model: str, only: str, settings: Settings) -> list[Row]:
    """What is in the files, in their order; only those that are new are read."""
    known = state.uploads()
    keys = [(model, only, file.file_id) for file in files]
    new = {key: file for key, file in zip(keys, files, strict=True) if key not in known}
    if new:
        for key, row in zip(new, _read_new(list(new.values()), model, only, settings), strict=True):
            known[key] = row
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


active = page.begin("Upload pictures", "upload", asks=False)
if active and active.card:
    only, charset = model_picker.choose(active.card)
    settings = get_settings()
    files = _choose(settings, charset.noun)
    try:
        if len(files) == 1:
            table.show_one(files[0], active.card, only, charset)
        elif files:
            table.show(files, _read(files, active.name, only, settings), active.card, only, charset)
    except DigitLabError as error:
        page.explain(error)
    cached.warm(active.name)
