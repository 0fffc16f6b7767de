"""Fetching files from the internet: with progress, checked, and never half there."""

import errno
import hashlib
import http.client
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from core.errors import DataError
from core.jobs import Progress
from core.text import megabytes

CHUNK = 64 * 1024
TIMEOUT_SECONDS = 15
_PREFIX = ".fetching-"
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
    program left is cleared away after a day. Where the file system refuses, a DataError says why, in the place of the
    OSError; for a full disk it names the bytes that the download `needs`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"{_PREFIX}*"):
            if time.time() - old.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=_PREFIX, ignore_cleanup_errors=True) as path:
            yield Path(path)
    except OSError as error:
        raise DataError(_refusal(error, folder, needs)) from error


def _refusal(error: OSError, folder: Path, needs: int) -> str:
    if error.errno not in _NO_SPACE:
        return f"{folder} cannot be written to: {error.strerror or error}. Change that, {_ELSEWHERE}."
    needed = f"; about {megabytes(needs, 1)} are needed" if needs else ""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = megabytes(shutil.disk_usage(existing).free, 1)
    return f"There is no space left in {folder}: {free} are free{needed}. Make room, {_ELSEWHERE}."


def fetch(urls: Sequence[str], path: Path, progress: Progress, md5: str | None = None) -> None:
    """Fetch a file from the first address that gives it whole and, where its publisher states an MD5, with that hash.

    The bytes go to `path` with `.part` added, and get their name only when they are whole and right. An exception
    raised by `progress` (that is how a caller cancels) leaves nothing behind; it is given the bytes fetched so far and
    those in all, 0 where the server does not say. DataError where no address gives the file, OSError where it cannot be
    written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    reasons: list[str] = []
    offline = True
    try:
        for url in urls:
            try:
                _stream(url, part, progress, md5)
            except _Broken as error:
                reasons.append(f"{urlsplit(url).netloc or url}: {error}")
                offline = offline and isinstance(error, _NoConnection)
            else:
                part.replace(path)
                return
    finally:
        part.unlink(missing_ok=True)
    advice = "Is this machine online?" if offline else "Try again, now or later."
    raise DataError(f"{path.name} could not be fetched. {advice} Tried {'; '.join(reasons)}.")


def _stream(url: str, part: Path, progress: Progress, md5: str | None) -> None:
    progress(0, 0)
    digest, done = hashlib.md5(usedforsecurity=False), 0
    with part.open("wb") as file:
        for chunk, total in _receive(url):
            file.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            progress(done, total)
    if md5 and digest.hexdigest() != md5:
        raise _Broken(f"what came is not the published file: its MD5 is {digest.hexdigest()}, not {md5}")


def _receive(url: str) -> Iterator[tuple[bytes, int]]:
    """The pieces of a file, each with the bytes that the server says are in all; _Broken where there are fewer."""
    request = urllib.request.Request(url, headers={"User-Agent": "digit-lab"})
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)
    except urllib.error.HTTPError as error:
        raise _Broken(f"the server answered {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _NoConnection(_reason(error)) from error
    done, why = 0, ""
    with response:
        total = int(response.headers.get("Content-Length") or 0)
        try:
            while chunk := response.read(CHUNK):
                done += len(chunk)
                yield chunk, total
        except (OSError, http.client.HTTPException) as error:
            why = f" ({_reason(error)})"
    if why or (total and done != total):
        raise _Broken(f"it was cut off after {done:,}{f' of {total:,}' if total else ''} bytes{why}")


def _reason(error: Exception) -> str:
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError):
        return f"no answer within {TIMEOUT_SECONDS} seconds"
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
