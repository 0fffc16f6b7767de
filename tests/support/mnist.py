"""A small MNIST of drawn digits, and a real server in the place of its mirrors that can be told to misbehave."""

import gzip
import hashlib
import http.server
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.support.strokes import draw

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def write_idx(path: Path, array: np.ndarray) -> None:
    """Write uint8 data as IDX, the format of MNIST's files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    path.write_bytes(header + array.astype(np.uint8).tobytes())


def write_mnist(data_dir: Path, count: int = 40) -> None:
    """A small MNIST of drawn digits, in the real one's files."""
    labels = np.arange(count) % 10
    images = np.stack([255 - draw(str(label), size=28, box=(6, 4, 18), pen=2.5) for label in labels])
    for name in ("train", "t10k"):
        write_idx(data_dir / "MNIST" / "raw" / f"{name}-images-idx3-ubyte", images)
        write_idx(data_dir / "MNIST" / "raw" / f"{name}-labels-idx1-ubyte", labels)


class Mirror:
    """What the server holds, and how it misbehaves.

    Attributes:
        archives: the packed files by name.
        cut: names of which it sends half and then hangs up.
        damaged: names of which it sends other bytes than it should.
        held: while not set, it sends half of every file and waits.
        asked: the names that were asked for, in their order.
    """

    def __init__(self, folder: Path) -> None:
        write_mnist(folder)
        raw = folder / "MNIST" / "raw"
        self.archives = {f"{name}.gz": gzip.compress((raw / name).read_bytes(), mtime=0) for name in FILES}
        self.cut: set[str] = set()
        self.damaged: set[str] = set()
        self.held = threading.Event()
        self.held.set()
        self.asked: list[str] = []
        self.address = ""

    @property
    def resources(self) -> list[tuple[str, str]]:
        """Names and hashes, as torchvision lists them."""
        return [(name, hashlib.md5(data).hexdigest()) for name, data in self.archives.items()]

    def stand_in(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take the place of MNIST's mirrors."""
        from torchvision.datasets import MNIST

        monkeypatch.setattr(MNIST, "mirrors", [f"{self.address}/"])
        monkeypatch.setattr(MNIST, "resources", self.resources)


@contextmanager
def serve_mnist(folder: Path) -> Iterator[Mirror]:
    """A mirror on a free port, its files made in `folder`."""
    mirror = Mirror(folder)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.lstrip("/")
            mirror.asked.append(name)
            if name not in mirror.archives:
                self.send_error(404)
                return
            data = mirror.archives[name]
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2])
            if name in mirror.cut:
                return
            mirror.held.wait(30)
            rest = data[len(data) // 2 :]
            self.wfile.write(bytes(len(rest)) if name in mirror.damaged else rest)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    mirror.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield mirror
    finally:
        mirror.held.set()
        server.shutdown()
        server.server_close()
