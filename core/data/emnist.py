"""EMNIST: letters and digits of American hands, fetched from where torchvision says, read from torchvision's folder.

Cohen, Afshar, Tapson and van Schaik, "EMNIST: an extension of MNIST to handwritten letters", 2017. All its parts come
in one file, so that whoever fetches one has them all.
"""

import zipfile
from pathlib import Path

import numpy as np

from core.charsets import BALANCED, BYCLASS, DIGITS, LETTERS, Charset
from core.data.download import fetch, workplace
from core.data.idx import IdxSource, idx_shape, read_pair, unpack_idx, validate_idx
from core.data.source import BATCH, Pairs
from core.errors import DataError
from core.jobs import Progress
from core.settings import Settings
from core.vision.normalise import to_glyph

_IMAGES = {  # in the official files by part, to train on and to test with
    "balanced": (112_800, 18_800),
    "byclass": (697_932, 116_323),
    "bymerge": (697_932, 116_323),
    "letters": (124_800, 20_800),
    "digits": (240_000, 40_000),
}


class Emnist(IdxSource):
    """One of the ways in which EMNIST divides its images, whose labels begin at `first`."""

    licence = "public domain: NIST Special Database 19, a work of the US Government"
    folder = "EMNIST/raw"
    download_bytes = 561_753_746

    def __init__(self, part: str, title: str, description: str, charset: Charset, first: int = 0) -> None:
        self.part, self.charset, self.first = part, charset, first
        self.name, self.title = f"emnist-{part}", f"EMNIST {title}"
        self.description = (
            f"{description} (Cohen and others, from NIST's forms). One download brings all five parts of EMNIST."
        )
        self.overlaps_with = ("mnist", *(f"emnist-{other}" for other in _IMAGES if other != part))

    def official(self, settings: Settings) -> bool:
        return all(path.stat().st_size == _size(path) for path in self.files(settings.data_dir) if path.is_file())

    def files(self, data_dir: Path) -> list[Path]:
        stems = [f"emnist-{self.part}-{split}" for split in self.splits]
        kinds = ("images-idx3-ubyte", "labels-idx1-ubyte")
        return [data_dir / self.folder / f"{stem}-{kind}" for stem in stems for kind in kinds]

    def count(self, split: str, settings: Settings) -> int:
        return idx_shape(self.pair(split, settings.data_dir)[1])[0]

    def pictures(self, split: str, data_dir: Path) -> Pairs:
        """Images (N, 28, 28) turned upright, which are no glyphs yet, and labels (N,) from 0; it raises as `read`."""
        images, labels = self.pair(split, data_dir)
        pictures, answers = read_pair(images, labels, len(self.charset.characters) + self.first, side=28)
        if answers.min(initial=self.first) < self.first:
            raise ValueError(f"{labels.name} holds the label {answers.min()}, but its labels begin at {self.first}")
        return np.ascontiguousarray(pictures.transpose(0, 2, 1)), answers - self.first

    def read(self, split: str, settings: Settings, progress: Progress) -> Pairs:
        """Read a split, framed as glyphs are: the images themselves are centred by their outlines."""
        pictures, labels = self.pictures(split, settings.data_dir)
        glyphs = np.empty_like(pictures)
        # In one thread: the steps are so short that two would spend their time waiting for the interpreter lock.
        for index, picture in enumerate(pictures):
            glyphs[index] = to_glyph(picture, self.charset.glyph_side)
            if index % BATCH == BATCH - 1:
                progress(index + 1, len(pictures))
        return glyphs, labels

    def download(self, data_dir: Path, progress: Progress) -> None:
        """Fetch the file of all parts that torchvision names, checked by its hash, and unpack what is missing."""
        from torchvision.datasets import EMNIST

        raw = data_dir / self.folder
        missing = [path for part in PARTS.values() for path in part.files(data_dir) if validate_idx(path)]
        total = self.download_bytes + sum(map(_size, missing))
        with workplace(raw, total) as folder:
            archive = folder / "gzip.zip"
            fetch([EMNIST.url], archive, lambda done, _: progress(done, total), EMNIST.md5)
            done = self.download_bytes
            try:
                with zipfile.ZipFile(archive) as packed:
                    for path in missing:
                        progress(done, total)
                        with packed.open(f"gzip/{path.name}.gz") as zipped:
                            unpack_idx(zipped, f"{path.name}.gz", folder / path.name, path)
                        done += _size(path)
            except (zipfile.BadZipFile, KeyError) as error:
                raise DataError(f"{archive.name} cannot be unpacked: {error}.") from error
        progress(total, total)


def _size(path: Path) -> int:
    """Bytes of an official file."""
    _, part, split, *_ = path.name.split("-")
    images = _IMAGES[part][Emnist.splits.index(split)]
    return images * 28 * 28 + 16 if "idx3" in path.name else images + 8


PARTS = {
    emnist.part: emnist
    for emnist in (
        Emnist("balanced", "Balanced", "Digits and letters, 47 classes of equal size in the official files", BALANCED),
        Emnist("byclass", "ByClass", "Digits and letters of both cases, 62 classes as often as written", BYCLASS),
        Emnist("bymerge", "ByMerge", "The same images in the 47 classes of Balanced, as often as written", BALANCED),
        Emnist(
            "letters",
            "Letters",
            "Letters, both cases as one, 26 classes of equal size in the official files",
            LETTERS,
            1,
        ),
        Emnist("digits", "Digits", "Digits, equally many of each in the official files", DIGITS),
    )
}
