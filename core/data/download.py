"""Fetching files from the internet: with progress, checked, and never half there."""

import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

from core.errors import DataError

Progress = Callable[[int, int], None]
"""Called with the bytes fetched so far and the bytes in all (0 when the server does not say)."""

CHUNK = 64 * 1024
TIMEOUT_SECONDS = 30


def fetch(urls: Sequence[str], place: Path, progress: Progress, md5: str | None = None) -> None:
    """Fetch a file from the first address that gives it whole.

    The bytes go to `place` with `.part` added, and get their name only when they are whole and right. An exception
    raised by `progress` (that is how a caller cancels) leaves nothing behind.

    Args:
        urls: addresses of the same file, best first.
        place: where the file is to lie; its folder is made.
        progress: told of every chunk.
        md5: the hash that the publisher states, where one is known.

    Raises:
        DataError: no address gave the file, it had another hash, or it could not be written.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(place.name + ".part")
    reasons = []
    try:
        for url in urls:
            try:
                _stream(url, part, progress, md5)
            except (OSError, ValueError) as error:  # URLError and HTTPError are OSErrors
                reasons.append(f"{url}: {error}")
            else:
                part.replace(place)
                return
    finally:
        part.unlink(missing_ok=True)
    raise DataError(f"{place.name} could not be fetched. Is this machine online? Tried {'; '.join(reasons)}.")


def _stream(url: str, part: Path, progress: Progress, md5: str | None) -> None:
    digest = hashlib.md5(usedforsecurity=False)
    request = urllib.request.Request(url, headers={"User-Agent": "digit-lab"})
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response, part.open("wb") as file:
        total, done = int(response.headers.get("Content-Length") or 0), 0
        while chunk := response.read(CHUNK):
            file.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            progress(done, total)
    if total and done != total:
        raise ValueError(f"it was cut off after {done:,} of {total:,} bytes")
    if md5 and digest.hexdigest() != md5:
        raise ValueError(f"its MD5 is {digest.hexdigest()}, not {md5}")
