"""Files that are whole or not there, and zip files from outside, which are unpacked no further than they say."""

import errno
import lzma
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, OverflowError),
    *(RuntimeError, ValueError),  # encrypted, packed in another way; "negative seek value", no UTF-8
)
"""All that `zipfile` raises for bytes that were changed: most of it is not BadZipFile."""

_CHUNK = 1 << 16  # bytes
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 1  # bit of an entry's flags


def check_place(path: Path) -> None:
    """Raise OSError where a file cannot be written: long work should not find that out at its end."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    with tempfile.TemporaryFile(dir=path.parent):
        pass


def replace_file(path: Path, data: bytes) -> None:
    """Write a file so that a reader, and a crash, finds the old one or the new one; after an OSError the old one."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with scratch.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def unpacked_size(archive: zipfile.ZipFile) -> int:
    """The bytes that all entries together say they have; none is unpacked."""
    return sum(member.file_size for member in archive.infolist())


def is_ordinary(member: zipfile.ZipInfo) -> bool:
    """Whether an entry is packed as every program packs, so that it takes no more memory than it says."""
    return member.compress_type in _METHODS


def is_encrypted(member: zipfile.ZipInfo) -> bool:
    return bool(member.flag_bits & _ENCRYPTED)


def chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo | str) -> Iterator[bytes]:
    """The content of an entry, at most as many bytes as it says that it has; KeyError or BROKEN where there is none.

    It is read in pieces: what is asked for in one go is unpacked in one go, whatever the entry says of its size.
    """
    with archive.open(member) as file:
        while part := file.read(_CHUNK):
            yield part
