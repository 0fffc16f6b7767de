import hashlib
import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from core.data.download import fetch
from core.errors import DataError

CONTENT = bytes(range(256)) * 2000


class Server(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; /short promises more than it sends."""

    def do_GET(self) -> None:
        if self.path == "/short":
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT[:1000])
        else:
            super().do_GET()

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "file").write_bytes(CONTENT)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Server, directory=str(tmp_path / "served")))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def silent(_: int, __: int) -> None:
    """Take no notice."""


def test_a_file_arrives_whole_with_progress(address: str, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    fetch([f"{address}/file"], tmp_path / "new" / "file", lambda done, total: told.append((done, total)))
    assert (tmp_path / "new" / "file").read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert len(told) > 3
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["file"]


def test_the_next_address_is_tried(address: str, tmp_path: Path) -> None:
    md5 = hashlib.md5(CONTENT).hexdigest()
    fetch([f"{address}/missing", f"{address}/short", f"{address}/file"], tmp_path / "file", silent, md5)
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("page", "reason"), [("missing", "404"), ("short", "cut off|IncompleteRead"), ("file", "its MD5 is")]
)
def test_a_failure_says_why_and_leaves_nothing(address: str, tmp_path: Path, page: str, reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        fetch([f"{address}/{page}"], tmp_path / "new" / "file", silent, md5="0" * 32)
    assert list((tmp_path / "new").iterdir()) == []


def test_no_network_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Is this machine online"):
        fetch(["http://127.0.0.1:9/file"], tmp_path / "file", silent)


def test_cancelling_leaves_nothing_and_the_next_try_works(address: str, tmp_path: Path) -> None:
    def cancel(done: int, _: int) -> None:
        if done > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch([f"{address}/file"], tmp_path / "new" / "file", cancel)
    assert list((tmp_path / "new").iterdir()) == []
    fetch([f"{address}/file"], tmp_path / "new" / "file", silent)
    assert (tmp_path / "new" / "file").stat().st_size == len(CONTENT)
