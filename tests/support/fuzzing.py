"""Damaged input for every way into the program: what comes of it must be an answer or one of the program's errors."""

import io
import json
import random
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image

from core.charsets import BALANCED, DIGITS
from core.errors import ConfigError, DigitLabError, ModelError, PictureError, SampleError
from core.model import archive, card, library_admin
from core.samples import exchange
from core.samples.store import Sample
from core.settings import Settings
from core.training import config
from core.vision.decode import decode
from core.vision.normalise import normalise
from tests.support.models import make_model
from tests.support.strokes import draw

NOWHERE = Settings(Path("/nowhere"), Path("/nowhere"))
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP")
_ODD_BYTES = (0, 1, 127, 128, 255)
_ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1e308,
    float("nan"),
    "",
    "x" * 300,
    "../..",
    "\0",
    "9" * 30,
    [],
    {},
    [[1]],
    {"a": None},
)
_DIRECTORY = b"PK\x01\x02"

Damage = Callable[[bytes, random.Random], bytes]


@dataclass(frozen=True)
class Door:
    """A way in.

    Attributes:
        whole: sound inputs, to be damaged.
        damage: makes another input of a sound one.
        enter: takes an input, as the program does.
        refusal: the only error that it may raise.
    """

    whole: Callable[[], list[bytes]]
    damage: Damage
    enter: Callable[[bytes], object]
    refusal: type[DigitLabError]


def try_one(door: Door, chance: random.Random) -> bool:
    """Whether a damaged input was taken; False where it was refused.

    Raises:
        AssertionError: something else came of it; the message holds the input.
    """
    data = door.damage(chance.choice(door.whole()), chance)
    try:
        door.enter(data)
    except door.refusal as error:
        if not str(error):
            raise AssertionError(f"an error without a sentence, from {data!r}") from error
        return False
    except Exception as error:
        raise AssertionError(f"{type(error).__name__}: {error}, from {data!r}") from error
    return True


def change_bytes(data: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, in every second zip file those of its directory, where each field is a trap; or it is cut."""
    changed = bytearray(data)
    first = max(0, data.find(_DIRECTORY)) if chance.random() < 0.5 else 0
    for _ in range(chance.randint(1, 4)):
        changed[chance.randrange(first, len(data))] = chance.choice((*_ODD_BYTES, chance.randrange(256)))
    return bytes(changed[: chance.randrange(len(data))] if chance.random() < 0.1 else changed)


def change_values(data: bytes, chance: random.Random) -> bytes:
    """A JSON object with a value changed, left out or added, at any depth; or with some bytes changed."""
    if chance.random() < 0.2:
        return change_bytes(data, chance)
    values = json.loads(data)
    inner = chance.choice(_containers(values))
    key = chance.choice(list(inner) if isinstance(inner, dict) else range(len(inner)))
    if chance.random() < 0.2:
        del inner[key]
    elif isinstance(inner, dict) and chance.random() < 0.1:
        inner["another"] = chance.choice(_ODD_VALUES)
    else:
        inner[key] = chance.choice(_ODD_VALUES)
    return json.dumps(values).encode()


def _containers(values: Any) -> list[Any]:
    """The objects and lists in a value of JSON that are not empty."""
    if not isinstance(values, dict | list) or not values:
        return []
    inner = values.values() if isinstance(values, dict) else values
    return [values, *(container for value in inner for container in _containers(value))]


def change_entries(data: bytes, chance: random.Random) -> bytes:
    """A zip file with an entry emptied, damaged, doubled or left out; or with some bytes changed."""
    if chance.random() < 0.5:
        return change_bytes(data, chance)
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        entries = [(name, whole.read(name)) for name in whole.namelist()]
    index = chance.randrange(len(entries))
    name, content = entries[index]
    damage = change_values if name.endswith(".json") else change_bytes
    entries[index : index + 1] = chance.choice(
        ([(name, b"")], [], [(f"{name}.txt", content)], [(name, damage(content, chance) if content else b"x")])
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive_:
        for entry, content in entries:
            archive_.writestr(entry, content)
    return packed.getvalue()


@cache
def pictures() -> list[bytes]:
    """A drawing as a file of each format."""
    files = []
    for form in _FORMATS:
        file = io.BytesIO()
        Image.fromarray(draw("3", size=60, box=(10, 6, 44), pen=5)).save(file, form)
        files.append(file.getvalue())
    return files


@cache
def sample_files() -> list[bytes]:
    """Samples with their table, and as an IDX pair alone."""
    packed = exchange.pack([Sample(normalise(draw(label)).glyph, label) for label in "07"], DIGITS)
    pair = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as whole, zipfile.ZipFile(pair, "w") as part:
        for name in (exchange.IMAGES_FILE, exchange.LABELS_FILE):
            part.writestr(name, whole.read(name))
    return [packed, pair.getvalue()]


@cache
def models() -> list[bytes]:
    """An untrained model, packed."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder), Path(folder))
        make_model(settings)
        return [library_admin.pack("tiny", settings)]


@cache
def cards() -> list[bytes]:
    """The card of that model."""
    with zipfile.ZipFile(io.BytesIO(models()[0])) as packed:
        return [packed.read("tiny/card.json")]


@cache
def configurations() -> list[bytes]:
    """Those of the presets."""
    return [config.to_json(config.preset(name)).encode() for name in ("quick", "best")]


def import_model(data: bytes) -> None:
    """As the library does, without keeping it."""
    with tempfile.TemporaryDirectory() as folder:
        archive.check_whole(archive.extract(data, Path(folder)))


def text(data: bytes) -> str:
    """What is left of a text whose bytes were changed."""
    return data.decode("utf-8", "replace")


DOORS = {
    "pictures": Door(pictures, change_bytes, lambda data: normalise(decode(data, NOWHERE)), PictureError),
    "samples": Door(
        sample_files, change_entries, lambda data: exchange.import_samples(data, BALANCED, NOWHERE), SampleError
    ),
    "models": Door(models, change_entries, import_model, ModelError),
    "cards": Door(cards, change_values, lambda data: card.from_json(text(data)), ModelError),
    "configurations": Door(configurations, change_values, lambda data: config.from_json(text(data)), ConfigError),
}
