"""MNIST: fetched from where torchvision says, read from torchvision's folder, so that both programs share one copy."""

from pathlib import Path

from core.data.download import fetch, workplace
from core.data.emnist import PARTS
from core.data.idx import IdxSource, find_idx, read_pair, unpack_idx, validate_idx
from core.data.source import Pairs
from core.jobs import Progress
from core.settings import Settings

# Bytes of every file, packed and unpacked.
_BYTES = {
    "train-images-idx3-ubyte": (9_912_422, 47_040_016),
    "train-labels-idx1-ubyte": (28_881, 60_008),
    "t10k-images-idx3-ubyte": (1_648_877, 7_840_016),
    "t10k-labels-idx1-ubyte": (4_542, 10_008),
}


class Mnist(IdxSource):
    """The digits as LeCun, Cortes and Burges published them."""

    name = "mnist"
    title = "MNIST"
    description = "60,000 + 10,000 digits of American census workers and students (LeCun, Cortes, Burges)."
    licence = "CC BY-SA 3.0: Y. LeCun, C. Cortes, C. Burges"
    folder = "MNIST/raw"
    download_bytes = sum(packed for packed, _ in _BYTES.values())
    overlaps_with = tuple(part.name for part in PARTS.values())

    def read(self, split: str, settings: Settings, _: Progress) -> Pairs:
        return read_pair(*self.pair(split, settings.data_dir), len(self.charset.characters), side=28)

    def files(self, data_dir: Path) -> list[Path]:
        return [find_idx(data_dir / self.folder / name) for name in _BYTES]

    def download(self, data_dir: Path, progress: Progress) -> None:
        """Download what torchvision's MNIST lists, from its mirrors, checked by its hashes; unpack into its folder.

        A file that is present and sound is not downloaded again: a second try goes on where the first one ended.
        """
        from torchvision.datasets import MNIST

        raw = data_dir / self.folder
        missing = [(name, md5) for name, md5 in MNIST.resources if validate_idx(raw / Path(name).stem)]
        sizes = [_BYTES[Path(name).stem] for name, _ in missing]
        total, needs = sum(packed for packed, _ in sizes), sum(map(sum, sizes))
        before = 0
        with workplace(raw, needs) as folder:
            for name, md5 in missing:
                archive = folder / name

                def overall(done: int, _: int, before: int = before) -> None:
                    progress(before + done, total)

                fetch([mirror + name for mirror in MNIST.mirrors], archive, overall, md5)
                before += archive.stat().st_size
                with archive.open("rb") as packed:
                    unpack_idx(packed, archive.name, folder / archive.stem, raw / archive.stem)
                archive.unlink()
