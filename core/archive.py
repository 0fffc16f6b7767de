"""Zip files that come from outside: what they say of themselves is checked, and nothing is unpacked beyond that."""

import lzma
import struct
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


def unpacked_size(archive: zipfile.ZipFile | Path) -> int:
    """The bytes that all entries together say they have; none is unpacked.

    Raises:
        BROKEN: it is no zip file.
    """
    if isinstance(archive, Path):
        with zipfile.ZipFile(archive) as opened:
            return unpacked_size(opened)
    return sum(member.file_size for member in archive.infolist())


def is_ordinary(member: zipfile.ZipInfo) -> bool:
    """Whether an entry is packed as every program packs, so that it takes no more memory than it says."""
    return member.compress_type in _METHODS


def is_encrypted(member: zipfile.ZipInfo) -> bool:
    """Whether an entry needs a password."""
    return bool(member.flag_bits & _ENCRYPTED)


def chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo | str) -> Iterator[bytes]:
    """The content of an entry, at most as many bytes as it says that it has.

    It is read in pieces: what is asked for in one go is unpacked in one go, whatever the entry says of its size.

    Raises:
        KeyError: there is no such entry.
        BROKEN: it is damaged.
    """
    with archive.open(member) as file:
        while part := file.read(_CHUNK):
            yield part
