"""Fetching files from the internet: with progress, checked, and never half there."""

import errno
import hashlib
import http.client
import io
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.errors import DataError
from core.jobs import Progress

CHUNK = 64 * 1024
TIMEOUT_SECONDS = 15
_WORKPLACE = ".fetching-"
_STALE_SECONDS = 24 * 3600
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_ELSEWHERE = "or set DIGITS_DATA_DIR to another folder, and try again"


class _Broken(Exception):
    """What a server sent is not the file; the message says why."""


class _NoConnection(_Broken):
    """The server was not reached."""


@contextmanager
def workplace(folder: Path, needs: int = 0) -> Iterator[Path]:
    """A new folder inside `folder`, which is made, for what is not yet whole; it is gone in the end, in any case.

    Every download has its own, so that two programs which fetch the same do not disturb each other. What a killed
    program left is cleared away after a day.

    Args:
        folder: where the files are to lie in the end.
        needs: bytes that the whole download takes there, for the message; 0 where that is not known.

    Raises:
        DataError: the file system refuses: no space, no permission.
    """
    with writing(folder, needs):
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"{_WORKPLACE}*"):
            if time.time() - old.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=_WORKPLACE, ignore_cleanup_errors=True) as place:
            yield Path(place)


@contextmanager
def writing(folder: Path, needs: int = 0) -> Iterator[None]:
    """Say in a sentence why the file system refuses to write.

    Raises:
        DataError: in the place of an OSError, with what to do.
    """
    try:
        yield
    except OSError as error:
        raise DataError(_refusal(error, folder, needs)) from error


def _refusal(error: OSError, folder: Path, needs: int) -> str:
    if error.errno not in _NO_SPACE:
        return f"{folder} cannot be written to: {error.strerror or error}. Change that, {_ELSEWHERE}."
    needed = f"; about {_megabytes(needs)} are needed" if needs else ""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = _megabytes(shutil.disk_usage(there).free)
    return f"There is no space left in {folder}: {free} are free{needed}. Make room, {_ELSEWHERE}."


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"


def fetch(urls: Sequence[str], place: Path, progress: Progress, md5: str | None = None) -> None:
    """Fetch a file from the first address that gives it whole.

    The bytes go to `place` with `.part` added, and get their name only when they are whole and right. An exception
    raised by `progress` (that is how a caller cancels) leaves nothing behind.

    Args:
        urls: addresses of the same file, best first.
        place: where the file is to lie; its folder is made.
        progress: told, before the first byte and after every chunk, the bytes fetched so far and those in all (0 when
            the server does not say).
        md5: the hash that the publisher states, where one is known.

    Raises:
        DataError: no address gave the file whole and right.
        OSError: it could not be written; `writing` and `workplace` say that in a sentence.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(place.name + ".part")
    reasons = []
    offline = True
    try:
        for url in urls:
            try:
                _stream(url, part, progress, md5)
            except _Broken as error:
                reasons.append(f"{urlsplit(url).netloc or url}: {error}")
                offline = offline and isinstance(error, _NoConnection)
            else:
                part.replace(place)
                return
    finally:
        part.unlink(missing_ok=True)
    advice = "Is this machine online?" if offline else "Try again, now or later."
    raise DataError(f"{place.name} could not be fetched. {advice} Tried {'; '.join(reasons)}.")


def _stream(url: str, part: Path, progress: Progress, md5: str | None) -> None:
    progress(0, 0)
    digest, done = hashlib.md5(usedforsecurity=False), 0
    with _connect(url) as response, part.open("wb", buffering=0) as file:
        total = int(response.headers.get("Content-Length") or 0)
        while chunk := _receive(response, done, total):
            _write(file, chunk)
            digest.update(chunk)
            done += len(chunk)
            progress(done, total)
    if total and done != total:
        raise _Broken(_cut_off(done, total))
    if md5 and digest.hexdigest() != md5:
        raise _Broken(f"what came is not the published file: its MD5 is {digest.hexdigest()}, not {md5}")


def _connect(url: str) -> Any:
    request = urllib.request.Request(url, headers={"User-Agent": "digit-lab"})
    try:
        return urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        raise _Broken(f"the server answered {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _NoConnection(_reason(error)) from error


def _receive(response: Any, done: int, total: int) -> bytes:
    try:
        return response.read(CHUNK)
    except (OSError, http.client.HTTPException) as error:
        raise _Broken(f"{_cut_off(done, total)} ({_reason(error)})") from error


def _write(file: io.FileIO, data: bytes) -> None:
    """All of it: a disk that fills up takes the first part without a word."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _cut_off(done: int, total: int) -> str:
    return f"it was cut off after {done:,} of {total:,} bytes" if total else f"it was cut off after {done:,} bytes"


def _reason(error: Exception) -> str:
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError):
        return f"no answer within {TIMEOUT_SECONDS} seconds"
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
