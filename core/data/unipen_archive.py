"""UNIPEN's published archive: fetched, unpacked, and its isolated characters read from their texts.

It follows the definition of the format (version 1.0, Guyon et al. 1994; unipen.def), and was tested on texts made for
that, never on the archive itself.
"""

import gzip
import hashlib
import json
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from core.data.download import fetch, workplace
from core.data.strokes import Strokes, pack
from core.data.unipen import CHARSET_OF, FOLDER, KINDS, strokes_file
from core.errors import DataError
from core.jobs import Progress

RECORD_URL = "https://zenodo.org/api/records/1195803"
RELEASE = "train_r01_v07"
DOWNLOAD_BYTES = 155_800_000  # about: the record itself says it exactly

_CATEGORIES = {"1a": "digits", "1b": "capitals", "1c": "small-letters", "1d": "signs"}
_UNPACKED_BYTES = 500_000_000  # about
_LARGEST_FILE, _LARGEST_ARCHIVE = 64 << 20, 2 << 30  # bytes, unpacked
_TAR_HEADER = 512  # bytes
_CHANGED = "Perhaps the publisher has changed it: see https://zenodo.org/records/1195803."
_STATEMENT = re.compile(r"^\.([A-Z_]+)", re.MULTILINE)
_SEGMENT = re.compile(r'(?:CHARACTER|CHAR)\s+(\S+)\s+(?:[^\s"]+\s+)?"(.*)"', re.DOTALL)
_RANGE = re.compile(r"(\d+)(?::(\d+))?(?:-(\d+)(?::(\d+))?)?")


@dataclass(frozen=True)
class Sheet:
    """What one file of the archive says, with those that it includes."""

    writer: str | None  # the first that it names
    country: str | None
    characters: tuple[tuple[str, Strokes], ...]  # labels as they stand between the quotes, and strokes


def download(data_dir: Path, progress: Progress) -> None:
    """Fetch the archive from Zenodo, checked by the hash in its record, and keep the strokes that are missing."""
    missing = [path for path in (strokes_file(data_dir, kind) for kind in KINDS) if not path.is_file()]
    with workplace(data_dir / FOLDER, DOWNLOAD_BYTES + _UNPACKED_BYTES) as folder:
        fetch([RECORD_URL], folder / "record.json", lambda *_: progress(0, 0))
        url, md5 = _archive_of((folder / "record.json").read_bytes())
        archive = folder / "unipen.tgz"
        fetch([url], archive, progress, md5)
        size = archive.stat().st_size
        records = read_archive(archive, folder / "unpacked", lambda: progress(size, size))
        for kind in KINDS:
            if not records[kind]:
                raise DataError(f"The archive from {url} holds no {kind} in files of the UNIPEN format. {_CHANGED}")
            (folder / strokes_file(data_dir, kind).name).write_bytes(pack(records[kind]))
        for path in missing:
            (folder / path.name).replace(path)


def _archive_of(record: bytes) -> tuple[str, str]:
    """The address of the archive and its MD5, as a record of Zenodo gives them."""
    try:
        files = [file for file in json.loads(record)["files"] if RELEASE in file["key"]]
        (file,) = [file for file in files if file["key"].endswith((".tgz", ".tar.gz"))]
        url, checksum = file["links"]["self"], file["checksum"]
        if not re.fullmatch("md5:[0-9a-f]{32}", checksum):
            raise ValueError(f"its checksum is {checksum!r}")
        if urlsplit(url)[:2] != urlsplit(RECORD_URL)[:2]:
            raise ValueError(f"its address is {url!r}")
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{RECORD_URL} does not say what was expected: one packed archive of {RELEASE} with its address there and "
            f"its MD5 ({error}). {_CHANGED}"
        ) from error
    return url, checksum.removeprefix("md5:")


def read_archive(archive: Path, folder: Path, report: Callable[[], None]) -> dict[str, list[dict[str, object]]]:
    """Take the isolated characters out of the archive: records by kind, as `pack` takes them, by the files' names.

    It is a packed tar file with the folders `data/1a` to `data/1d`, whose files include those of `include`. A file that
    is no UNIPEN text, or includes one that is not there, is left out. An exception from `report` ends the work.

    Raises:
        DataError: it is no such file, or unpacks to more than any release of UNIPEN has.
    """
    sheets, included = _unpack(archive, folder, report)

    @lru_cache(maxsize=64)
    def include(name: str) -> str:
        return included[str(PurePosixPath(name))].read_text("latin-1")

    records: dict[str, list[dict[str, object]]] = {kind: [] for kind in KINDS}
    for name in sorted(sheets):
        report()
        try:
            category, *folders, file = PurePosixPath(name).parts
            sheet = parse_sheet(sheets[name], include)
        except (ValueError, KeyError, OverflowError):
            continue
        kind, writer = _CATEGORIES[category], _disguise(folders, file, sheet.writer)
        records[kind] += [
            {"label": label, "writer": writer, "country": sheet.country, "strokes": strokes}
            for label, strokes in sheet.characters
            if _belongs(label, kind)
        ]
    return records


def _unpack(archive: Path, folder: Path, report: Callable[[], None]) -> tuple[dict[str, str], dict[str, Path]]:
    """The files of isolated characters as text, and where those now lie that they may include, by their names there.

    Nothing is written under a name that the archive gives, so that none can lead out of the folder.
    """
    sheets: dict[str, str] = {}
    included: dict[str, Path] = {}
    unpacked = 0
    folder.mkdir()
    try:
        with tarfile.open(archive, "r|gz") as members:
            for member in members:
                report()
                unpacked += member.size + _TAR_HEADER
                if member.size > _LARGEST_FILE or unpacked > _LARGEST_ARCHIVE:
                    raise DataError(
                        f"{archive.name} unpacks to more than the {_LARGEST_ARCHIVE >> 20:,} MiB, or a file of it to "
                        f"more than the {_LARGEST_FILE >> 20} MiB, that are let in: it is not UNIPEN's {RELEASE}."
                    )
                # The first folder of one of these names: files below `include` have one named `data`, too.
                match = re.fullmatch(r"(?:.*?/)?(data|include)/(.+)", member.name)
                opened = members.extractfile(member) if match and member.isreg() else None
                if not match or opened is None:
                    continue
                if match[1] == "include":
                    path = included[match[2]] = folder / str(len(included))
                    path.write_bytes(opened.read())
                elif match[2].partition("/")[0] in _CATEGORIES:
                    sheets[match[2]] = opened.read().decode("latin-1")
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{archive.name} cannot be unpacked: {error}.") from error
    return sheets, included


def _disguise(folders: Sequence[str], file: str, writer: str | None) -> str:
    """A name for a writer that does not say who it is: some files give people's own.

    Who gave the data has the first folder, with names of its own. Where a file says none, its folder is of one writer.
    """
    name = "/".join([*folders[:1], writer or "/".join(folders[1:]) or file])
    return hashlib.sha256(name.encode()).hexdigest()[:8]


def _belongs(label: str, kind: str) -> bool:
    if kind in CHARSET_OF:
        return label in CHARSET_OF[kind].characters
    bare = label.removeprefix("\\") or label
    return len(bare) == 1 and not bare.isalnum()


def parse_sheet(text: str, include: Callable[[str], str]) -> Sheet:
    """Read the characters of a file of the UNIPEN format; `include` gives the text of another that it includes.

    Components are numbered from 0, those with the pen up among them; one without points has no number. A segment
    delineates its components: `3-5` all three, `0:4-2:12` from the fifth point of the first to the thirteenth of the
    third; several, with commas between. One that delineates what is not there, or gives no label, is left out.

    Raises:
        ValueError: it is no UNIPEN text: a point is not of as many numbers as `.COORD` says, or a file includes itself.
        KeyError: from `include`, for a file that is not there.
    """
    components: list[tuple[bool, list[str]]] = []
    segments: list[tuple[str, str]] = []
    header: dict[str, str] = {}
    for keyword, body in statements(text, include):
        words = body.split()
        if keyword in ("PEN_DOWN", "PEN_UP"):
            if words:
                components.append((keyword == "PEN_DOWN", words))
        elif keyword == "SEGMENT":
            if match := _SEGMENT.fullmatch(body):
                segments.append((match[1], match[2]))
        elif words and words != ["?"]:
            header.setdefault(keyword, " ".join(words))
    axes = header.get("COORD", "X Y").split()
    columns = axes.index("X"), axes.index("Y"), len(axes)
    labelled = ((label, _delineated(delineation, components, columns)) for delineation, label in segments if label)
    characters = tuple((label, strokes) for label, strokes in labelled if strokes)
    return Sheet(header.get("WRITER_ID"), header.get("COUNTRY"), characters)


def statements(text: str, include: Callable[[str], str], above: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Keywords, without the dot in the first column, and all up to the next; an included file's in its place.

    The files that this text is included by are those `above`.
    """
    parts = _STATEMENT.split(text)
    for keyword, body in zip(parts[1::2], parts[2::2], strict=True):
        if keyword != "INCLUDE":
            yield keyword, body.strip()
            continue
        name, *_ = body.split() or [""]
        if name in above:
            raise ValueError(f"{name} includes itself")
        yield from statements(include(name), include, (*above, name))


def _delineated(
    delineation: str, components: Sequence[tuple[bool, list[str]]], columns: tuple[int, int, int]
) -> Strokes:
    """The strokes of a segment; none where it delineates what is not there."""
    strokes = []
    for part in delineation.split(","):
        match = _RANGE.fullmatch(part)
        if not match:
            return ()
        first, start = int(match[1]), int(match[2] or 0)
        last, end = (int(match[3]), match[4]) if match[3] else (first, match[2])
        if not first <= last < len(components):
            return ()
        for number in range(first, last + 1):
            pen_down, words = components[number]
            if not pen_down:
                continue
            points = _points(words, columns)
            begin = start if number == first else 0
            stop = len(points) if number < last or end is None else int(end) + 1
            if begin >= min(stop, len(points)):
                return ()
            strokes.append(points[begin:stop])
    return tuple(strokes)


def _points(words: Sequence[str], columns: tuple[int, int, int]) -> tuple[tuple[int, int], ...]:
    x, y, width = columns
    if len(words) % width:
        raise ValueError(f"a component of {len(words)} numbers is not one of points of {width}")
    return tuple((round(float(a)), round(float(b))) for a, b in zip(words[x::width], words[y::width], strict=True))
