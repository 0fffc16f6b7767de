import struct
import tracemalloc
import zlib
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.errors import PictureError
from core.settings import Settings
from core.vision.decode import FORMATS, decode
from core.vision.normalise import normalise
from tests.strokes import draw

# pytest shows warnings that the module itself silences for its users.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::PIL.Image.DecompressionBombWarning")

WIDTH, HEIGHT = 60, 40
RAMP = np.tile(np.linspace(0, 255, WIDTH).astype(np.uint8), (HEIGHT, 1))
COLOURS = np.stack([RAMP, RAMP[:, ::-1], np.full_like(RAMP, 40)], axis=-1)


def encode(image: Image.Image, format: str, **options: Any) -> bytes:  # noqa: A002 - Pillow's own name
    buffer = BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def png(width: int, height: int) -> bytes:
    """A PNG whose header promises a size that its data do not keep."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def difference(picture: NDArray[np.uint8], expected: NDArray[np.uint8]) -> float:
    return float(np.abs(picture.astype(float) - expected).mean())


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_keeps_its_colours(format_name: str, settings: Settings) -> None:
    picture = decode(encode(Image.fromarray(COLOURS), format_name), settings)
    assert picture.shape == (HEIGHT, WIDTH, 4)
    assert picture.dtype == np.uint8
    assert difference(picture[..., :3], COLOURS) < 12
    assert (picture[..., 3] == 255).all()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_modes_of_a_png(mode: str, settings: Settings) -> None:
    picture = decode(encode(Image.fromarray(RAMP).convert(mode), "PNG"), settings)
    assert picture[:, 0, :3].max() < 20
    assert picture[:, -1, :3].min() > 230
    assert (picture[..., 3] == 255).all()


@pytest.mark.parametrize("format_name", ["JPEG", "TIFF"])
def test_cmyk_is_not_turned_inside_out(format_name: str, settings: Settings) -> None:
    picture = decode(encode(Image.fromarray(COLOURS).convert("CMYK"), format_name), settings)
    assert difference(picture[..., :3], COLOURS) < 25


@pytest.mark.parametrize(
    "image",
    [
        Image.fromarray(RAMP.astype(np.uint16) * 257),
        Image.frombytes("I;16B", (WIDTH, HEIGHT), (RAMP.astype(">u2") * 257).tobytes()),
        Image.fromarray(RAMP.astype(np.int32) * 257),
        Image.fromarray(RAMP.astype(np.float32) / 255),
        Image.fromarray(RAMP.astype(np.float32)),
        Image.fromarray(RAMP.astype(np.uint16) * 16),
    ],
    ids=["16 bit", "16 bit big-endian", "32 bit", "fractions", "float levels", "12 bit in 16"],
)
def test_wide_samples_are_scaled_to_8_bits(image: Image.Image, settings: Settings) -> None:
    picture = decode(encode(image, "TIFF"), settings)
    assert difference(picture[..., 0], RAMP) < 2


def test_samples_that_are_no_numbers_count_as_black(settings: Settings) -> None:
    samples = np.full((HEIGHT, WIDTH), np.nan, np.float32)
    samples[:, 30:] = 1
    picture = decode(encode(Image.fromarray(samples), "TIFF"), settings)
    assert picture[0, 0, 0] == 0
    assert picture[0, -1, 0] == 255


def test_transparency_is_kept_from_alpha_and_from_a_palette(settings: Settings) -> None:
    image = Image.fromarray(COLOURS)
    image.putalpha(Image.fromarray(RAMP))
    assert difference(decode(encode(image, "PNG"), settings)[..., 3], RAMP) == 0
    palette = Image.fromarray((RAMP > 127).astype(np.uint8)).convert("P")
    assert set(np.unique(decode(encode(palette, "PNG", transparency=1), settings)[..., 3])) == {0, 255}


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (3, 2), (6, 3), (8, 1)])
def test_exif_orientation_makes_it_upright(format_name: str, orientation: int, turns: int, settings: Settings) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode(encode(Image.fromarray(COLOURS), format_name, exif=exif), settings)
    expected = np.rot90(COLOURS, turns)
    assert picture.shape[:2] == expected.shape[:2]
    assert difference(picture[..., :3], expected) < 12


def test_damaged_exif_does_not_spoil_the_picture(settings: Settings) -> None:
    data = encode(Image.fromarray(COLOURS), "PNG", exif=b"Exif\0\0II*\0\x08\0\0\0\x05\0\x12")
    assert decode(data, settings).shape == (HEIGHT, WIDTH, 4)


def test_first_frame_of_an_animation(settings: Settings) -> None:
    first, second = (Image.new("RGB", (20, 20), colour) for colour in ("red", "blue"))
    for format_name in ("GIF", "WEBP"):
        picture = decode(encode(first, format_name, save_all=True, append_images=[second]), settings)
        assert picture[10, 10, 0] > 200
        assert picture[10, 10, 2] < 50


@pytest.mark.parametrize(("format_name", "size"), [("PNG", (5000, 300)), ("JPEG", (4400, 3300)), ("GIF", (300, 2049))])
def test_large_pictures_come_smaller(format_name: str, size: tuple[int, int], settings: Settings) -> None:
    image = Image.linear_gradient("L").resize(size)
    picture = decode(encode(image, format_name), settings)
    height, width, _ = picture.shape
    assert 1000 <= max(height, width) <= 2048
    assert width / height == pytest.approx(size[0] / size[1], rel=0.02)
    expected = np.asarray(image.resize((width, height)))
    assert difference(picture[..., 0], expected) < 3


def test_a_drawing_survives_its_file(settings: Settings) -> None:
    drawing = draw("5", variant=1)
    glyph = normalise(drawing).glyph
    for format_name in FORMATS:
        decoded = decode(encode(Image.fromarray(drawing), format_name), settings)
        assert difference(normalise(decoded).glyph, glyph) < 3


def refusal(data: bytes, settings: Settings) -> str:
    with pytest.raises(PictureError) as error:
        decode(data, settings)
    return str(error.value)


def test_empty_file(settings: Settings) -> None:
    assert "0 bytes" in refusal(b"", settings)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG drawing"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<svg width="5">', "SVG drawing"),
        (b"\n<!DOCTYPE html><title>Not found</title>", "HTML page"),
        (b"<html><body>", "HTML page"),
        (b"%PDF-1.7\n", "PDF document"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"no picture at all", "not a picture"),
        (b"\x80\x02}q\x00.", "not a picture"),
    ],
)
def test_what_is_no_picture_is_named(data: bytes, what: str, settings: Settings) -> None:
    message = refusal(data, settings)
    assert what in message
    assert "Expected a PNG" in message


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_cut_off_files(format_name: str, share: float, settings: Settings) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    data = encode(Image.fromarray(noise), format_name)
    assert "cut off or damaged" in refusal(data[: int(share * len(data))], settings)


@pytest.mark.parametrize("format_name", FORMATS)
def test_flipped_bytes_give_a_picture_or_a_reason(format_name: str, settings: Settings) -> None:
    rng = np.random.default_rng(1)
    data = np.frombuffer(encode(Image.fromarray(COLOURS), format_name), np.uint8)
    outcomes: set[int | None] = set()
    for _ in range(150):
        broken = data.copy()
        broken[rng.integers(0, min(200, len(data)), 3)] = rng.integers(0, 256, 3)
        try:
            outcomes.add(decode(broken.tobytes(), settings).ndim)
        except PictureError:
            outcomes.add(None)
    assert None in outcomes
    assert outcomes <= {None, 3}


def test_too_many_bytes(settings: Settings) -> None:
    message = refusal(bytes(1_500_000), replace(settings, max_upload_mb=1))
    assert "1.5 MB" in message
    assert "limit of 1 MB" in message


@pytest.mark.parametrize("side", [9_000, 10_000, 40_000])
def test_too_many_pixels_are_refused_without_decoding(side: int, settings: Settings) -> None:
    tracemalloc.start()
    message = refusal(png(side, side), settings)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "50 million" in message
    assert peak < 5_000_000


def test_the_limit_of_pixels_is_a_setting(settings: Settings) -> None:
    data = encode(Image.new("L", (1500, 1000)), "PNG")
    assert decode(data, settings).shape == (1000, 1500, 4)
    assert "1,500 x 1,000" in refusal(data, replace(settings, max_megapixels=1))


def test_formats_that_need_more_memory_have_a_lower_limit(settings: Settings) -> None:
    data = encode(Image.new("L", (1500, 1000)), "WEBP")
    assert "WebP is 1.25 million" in refusal(data, replace(settings, max_megapixels=4))
