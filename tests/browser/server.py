"""A real server on a free port, and the browser to look at it with."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.workers import Worker, Workshop

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
BROWSER_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE = 60.0


def find_browser() -> str | None:
    """The browser of DIGITS_CHROMIUM, or the first Chromium or Chrome on this machine, or playwright's own."""
    named = os.environ.get("DIGITS_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or _own_browser()


def _own_browser() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


@contextmanager
def serve(environment: Mapping[str, str] | None = None, workshop: Workshop | None = None) -> Iterator[str]:
    """Start the program, wait until it answers, and give its address; it is ended in any case.

    Args:
        environment: variables besides those of this process.
        workshop: starts the server, and what that starts, in a moment; without it all start as everybody's do.

    Raises:
        RuntimeError: it ended at once or does not answer; the message holds its log.
    """
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    with tempfile.NamedTemporaryFile() as log:
        process = _start(options, {**os.environ, **(environment or {})}, Path(log.name), workshop)
        try:
            if not _answers(f"{address}/_stcore/health", process):
                raise RuntimeError(f"The server did not start:\n{log.read().decode(errors='replace')}")
            yield address
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(
    options: list[str], environment: dict[str, str], log: Path, workshop: Workshop | None
) -> "Worker | subprocess.Popen[bytes]":
    if workshop:
        return workshop.serve(options, log, environment)
    command = [sys.executable, "-m", "streamlit", "run", "Home.py", *options]
    with log.open("ab") as output:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(url: str, process: "Worker | subprocess.Popen[bytes]") -> bool:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    return False
