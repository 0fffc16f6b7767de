"""The download of MNIST, with everything that goes wrong on the way, against a real server."""

import gzip
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.data.datasets import download, load
from core.data.mnist import Mnist
from core.errors import DataError, DataMissing
from core.jobs import Cancelled, Jobs, ignore
from core.settings import Settings
from tests.support.mnist import FILES, Mirror, serve_mnist, write_mnist
from tests.support.workers import Workshop


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    with serve_mnist(tmp_path / "made") as mirror:
        mirror.stand_in(monkeypatch)
        yield mirror


def left(settings: Settings) -> list[str]:
    return sorted(path.name for path in (settings.data_dir / Mnist.folder).iterdir())


def assert_next_try_succeeds(settings: Settings) -> None:
    download("mnist", settings, ignore)
    assert left(settings) == sorted(FILES)
    assert len(load("mnist", "train", settings).labels) == len(load("mnist", "test", settings).labels) == 40


def test_all_of_it_arrives_with_progress(settings: Settings, mirror: Mirror) -> None:
    told: list[tuple[int, int]] = []
    download("mnist", settings, lambda done, total: told.append((done, total)))
    assert_next_try_succeeds(settings)
    assert told[0] == (0, Mnist.download_bytes)
    assert told[-1][0] == sum(map(len, mirror.archives.values()))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len(mirror.asked) == 4  # what is there is not asked for again


@pytest.mark.parametrize("name", [f"{FILES[0]}.gz", f"{FILES[2]}.gz"])
def test_cut_off_half_way(settings: Settings, mirror: Mirror, name: str) -> None:
    mirror.cut = {name}
    with pytest.raises(DataError, match=r"Try again.*127\.0\.0\.1:\d+: it was cut off after [\d,]+ of [\d,]+ bytes"):
        download("mnist", settings, ignore)
    assert left(settings) == sorted(FILES[: FILES.index(name.removesuffix(".gz"))])
    with pytest.raises(DataError):
        load("mnist", "train", settings)
    mirror.cut = set()
    mirror.asked.clear()
    assert_next_try_succeeds(settings)
    assert mirror.asked[0] == name  # those that came whole are not fetched again


def test_damaged_on_the_way(settings: Settings, mirror: Mirror) -> None:
    mirror.damaged = {f"{FILES[1]}.gz"}
    with pytest.raises(DataError, match="not the published file: its MD5 is"):
        download("mnist", settings, ignore)
    assert not Mnist().present(settings)
    mirror.damaged = set()
    assert_next_try_succeeds(settings)


def test_no_network(settings: Settings, mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision.datasets import MNIST

    monkeypatch.setattr(MNIST, "mirrors", ["http://127.0.0.1:9/"])
    with pytest.raises(DataError, match="Is this machine online"):
        download("mnist", settings, ignore)
    with pytest.raises(DataMissing):
        load("mnist", "train", settings)
    mirror.stand_in(monkeypatch)
    assert_next_try_succeeds(settings)


def test_a_dead_mirror_is_passed_over(settings: Settings, mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision.datasets import MNIST

    monkeypatch.setattr(MNIST, "mirrors", ["http://127.0.0.1:9/", f"{mirror.address}/gone/", f"{mirror.address}/"])
    assert_next_try_succeeds(settings)


def test_cancelled(settings: Settings, mirror: Mirror) -> None:
    mirror.held.clear()
    job = Jobs().start("mnist", lambda progress: download("mnist", settings, progress))
    while not mirror.asked:
        threading.Event().wait(0.01)
    job.cancel()
    mirror.held.set()
    with pytest.raises(Cancelled):
        job.result(20)
    assert left(settings) == []
    assert_next_try_succeeds(settings)


@pytest.mark.usefixtures("mirror")
def test_no_space_left(tmp_path: Path) -> None:
    """On a real file system of 64 KB, where it may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(disk)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    settings = Settings(disk, tmp_path)
    ballast = disk / "ballast"
    try:
        with pytest.raises(OSError, match="No space left"):
            ballast.write_bytes(bytes(1 << 20))
        with ballast.open("ab") as file:
            file.truncate(48 * 1024)
        with pytest.raises(DataError, match=r"no space left in .*: 0\.\d MB are free; about 66\.5 MB are needed"):
            download("mnist", settings, ignore)
        assert not Mnist().present(Settings(disk, disk))
        ballast.unlink()
        subprocess.run(["mount", "-o", "remount,size=1m", str(disk)], check=True)
        assert_next_try_succeeds(settings)
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def program(mirror: Mirror, settings: Settings, before: str = "") -> str:
    """What downloads MNIST in a process of its own, and prints how that ended."""
    return f"""
import resource
from pathlib import Path
from torchvision.datasets import MNIST
from core.data.mnist import Mnist
from core.errors import DataError
MNIST.mirrors, MNIST.resources = [{mirror.address + "/"!r}], {mirror.resources!r}
{before}
try:
    Mnist().download(Path({str(settings.data_dir)!r}), lambda done, total: None)
    print("downloaded")
except DataError as error:
    print(error)
"""


def test_a_file_that_may_not_grow(mirror: Mirror, settings: Settings, workers: Workshop, tmp_path: Path) -> None:
    """A limit of 20 KB on every file that a process writes: the archive fits, what is in it does not."""
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))"
    workers.run(program(mirror, settings, limit), tmp_path / "log").wait()
    assert "cannot be written to: File too large" in (tmp_path / "log").read_text(encoding="utf-8")
    assert left(settings) == []
    assert_next_try_succeeds(settings)


def test_a_folder_that_cannot_be_made(settings: Settings, mirror: Mirror) -> None:
    (settings.data_dir / "MNIST").write_text("a file in the way")
    with pytest.raises(DataError, match=r"cannot be written to: .*DIGITS_DATA_DIR"):
        download("mnist", settings, ignore)
    assert mirror.asked == []
    (settings.data_dir / "MNIST").unlink()
    assert_next_try_succeeds(settings)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.usefixtures("mirror")
def test_a_folder_that_is_closed(settings: Settings) -> None:
    settings.data_dir.chmod(0o500)
    with pytest.raises(DataError, match="Permission denied"):
        download("mnist", settings, ignore)
    settings.data_dir.chmod(0o700)
    assert_next_try_succeeds(settings)


@pytest.mark.parametrize("damage", ["cut off", "empty", "gone", "a folder", "another kind"])
def test_what_is_not_whole_is_not_present(settings: Settings, mirror: Mirror, damage: str) -> None:
    write_mnist(settings.data_dir)
    path = settings.data_dir / Mnist.folder / FILES[2]
    data = path.read_bytes()
    path.unlink()
    if damage == "a folder":
        path.mkdir()
    elif damage != "gone":
        labels = (settings.data_dir / Mnist.folder / FILES[1]).read_bytes()
        path.write_bytes({"cut off": data[:-5], "empty": b"", "another kind": labels}[damage])
    assert not Mnist().present(settings)
    assert FILES[2] in (Mnist().damage(settings) or "")
    with pytest.raises(DataError, match=rf"damaged: .*{FILES[2]}.*python -m core data download mnist"):
        load("mnist", "test", settings)
    if damage == "a folder":
        path.rmdir()
    assert_next_try_succeeds(settings)
    assert mirror.asked == [f"{FILES[2]}.gz"]


@pytest.mark.parametrize("way", ["dotted", "packed", "both"])
def test_files_that_were_put_there_by_hand_are_found(settings: Settings, way: str) -> None:
    """As they are found elsewhere: packed, and with a dot in the name."""
    write_mnist(settings.data_dir)
    expected = load("mnist", "test", settings)
    for path in list((settings.data_dir / Mnist.folder).iterdir()):
        name = path.name.replace("-idx", ".idx") if way != "packed" else path.name
        data = path.read_bytes()
        path.unlink()
        if way == "dotted":
            path.with_name(name).write_bytes(data)
        else:
            path.with_name(f"{name}.gz").write_bytes(gzip.compress(data))
    assert Mnist().present(settings)
    found = load("mnist", "test", settings)
    assert (found.images == expected.images).all()
    assert (found.labels == expected.labels).all()


def test_a_packed_file_that_is_cut_off_is_damaged(settings: Settings) -> None:
    write_mnist(settings.data_dir)
    path = settings.data_dir / Mnist.folder / "t10k-images-idx3-ubyte"
    packed = gzip.compress(path.read_bytes())
    path.unlink()
    path.with_name(f"{path.name}.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(DataError, match="is cut off or damaged"):
        load("mnist", "test", settings)
    path.with_name(f"{path.name}.gz").write_bytes(packed[:6])
    assert not Mnist().present(settings)


def test_nothing_there_is_absent_and_not_damaged(settings: Settings) -> None:
    assert Mnist().damage(settings) is None
    write_mnist(settings.data_dir)
    assert Mnist().present(settings)
    assert Mnist().damage(settings) is None


def test_two_programs_at_once_do_not_disturb_each_other(
    settings: Settings, mirror: Mirror, workers: Workshop, tmp_path: Path
) -> None:
    mirror.held.clear()  # both have begun with the first file before either goes on
    logs = [tmp_path / "one", tmp_path / "two"]
    programs = [workers.run(program(mirror, settings), log) for log in logs]
    while len(mirror.asked) < 2:
        threading.Event().wait(0.01)
    mirror.held.set()
    for running in programs:
        running.wait(60)
    assert [log.read_text(encoding="utf-8") for log in logs] == ["downloaded\n"] * 2
    assert_next_try_succeeds(settings)


def test_what_a_killed_program_left_is_cleared_away(settings: Settings, mirror: Mirror) -> None:
    raw = settings.data_dir / Mnist.folder
    for name in (".fetching-old", ".fetching-new"):
        (raw / name).mkdir(parents=True)
        (raw / name / "part").write_bytes(b"half")
    os.utime(raw / ".fetching-old", (0, 0))
    download("mnist", settings, ignore)
    assert left(settings) == [".fetching-new", *sorted(FILES)]
    assert mirror.asked
