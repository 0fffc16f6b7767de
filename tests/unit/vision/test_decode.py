import struct
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import Image, features

from core.errors import PictureError
from core.settings import Settings
from core.vision import formats
from core.vision.decode import MOST_PAGES, count_pages, decode, decode_page
from core.vision.formats import FORMATS
from core.vision.normalise import normalise
from tests.support.strokes import draw

# pytest shows warnings that the module itself silences for its users.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::PIL.Image.DecompressionBombWarning")

pillow_heif.register_heif_opener(thumbnails=False)  # to write with; `decode` does so by itself

ROOT = Path(__file__).resolve().parents[3]
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


@pytest.mark.parametrize("format_name", ["JPEG", "PNG", "TIFF", "WEBP", "HEIF", "AVIF"])
@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (3, 2), (6, 3), (8, 1)])
def test_exif_orientation_makes_it_upright(format_name: str, orientation: int, turns: int, settings: Settings) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode(encode(Image.fromarray(COLOURS), format_name, exif=exif.tobytes()), settings)
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
        (b"\0\0\0\x18ftypisom\0\0\0\0mp41isom", "not a picture"),
        (b"no picture at all", "not a picture"),
        (b"\x80\x02}q\x00.", "not a picture"),
    ],
)
def test_what_is_no_picture_is_named(data: bytes, what: str, settings: Settings) -> None:
    message = refusal(data, settings)
    assert what in message
    assert "Expected a PNG" in message


def test_heic_where_its_reader_cannot_be_loaded(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    formats._reads_heic.cache_clear()
    message = refusal(encode(Image.fromarray(COLOURS), "HEIF"), settings)
    formats._reads_heic.cache_clear()
    assert "pillow-heif" in message
    assert "PNG or JPEG" in message


def test_avif_where_pillow_does_not_read_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    data = encode(Image.fromarray(COLOURS), "AVIF")
    monkeypatch.setattr(features, "check", lambda _: False)
    assert "AVIF" in refusal(data, settings)


def test_the_reader_of_heic_is_loaded_when_the_first_one_comes(tmp_path: Path) -> None:
    (tmp_path / "a.heic").write_bytes(encode(Image.fromarray(COLOURS), "HEIF"))
    code = (
        "import sys, pathlib; from core.settings import get_settings; from core.vision.decode import decode;"
        "assert 'pillow_heif' not in sys.modules;"
        "print(decode(pathlib.Path(sys.argv[1]).read_bytes(), get_settings()).shape)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.heic")], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"({HEIGHT}, {WIDTH}, 4)\n"


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


@pytest.mark.parametrize(("format_name", "limit"), [("HEIF", "HEIC is 0.5"), ("AVIF", "AVIF is 0.278")])
def test_the_limits_hold_for_the_formats_of_telephones(format_name: str, limit: str, settings: Settings) -> None:
    data = encode(Image.new("RGB", (800, 700)), format_name)
    assert f"{limit} million" in refusal(data, replace(settings, max_megapixels=1))
    assert decode(data, replace(settings, max_megapixels=3)).shape == (700, 800, 4)
    assert "limit of 1 MB" in refusal(data + bytes(1_000_000), replace(settings, max_upload_mb=1))


def test_heic_with_transparency_or_more_bits_has_a_lower_limit(settings: Settings) -> None:
    samples = np.repeat(RAMP[..., None].astype(np.uint16) * 257, 3, axis=2)
    deep = BytesIO()
    pillow_heif.from_bytes("RGB;16", (WIDTH, HEIGHT), samples.tobytes()).save(deep, chroma=444)
    clear = Image.fromarray(COLOURS)
    clear.putalpha(Image.fromarray(RAMP))
    large = BytesIO()
    pillow_heif.from_bytes("RGB;16", (800, 700), bytes(800 * 700 * 6)).save(large)
    small = replace(settings, max_megapixels=1)
    assert "HEIC of more than 8 bits" in refusal(large.getvalue(), small)
    assert "HEIC with transparency" in refusal(encode(Image.new("RGBA", (800, 700)), "HEIF"), small)
    assert difference(decode(deep.getvalue(), settings)[..., 0], RAMP) < 3
    assert difference(decode(encode(clear, "HEIF"), settings)[..., 3], RAMP) < 3


@pytest.mark.parametrize("format_name", ["HEIF", "AVIF"])
def test_one_that_lies_about_its_size_is_not_decoded(format_name: str, settings: Settings) -> None:
    data = encode(Image.new("RGB", (1200, 900)), format_name)
    size = data.index(b"ispe") + 8
    lying = data[:size] + struct.pack(">II", 30, 20) + data[size + 8 :]
    message = refusal(lying, replace(settings, max_megapixels=1))
    assert "cut off or damaged" in message or "1,200 x 900 pixels" in message


def test_an_avif_may_not_hide_how_large_it_is_coded(settings: Settings) -> None:
    """Behind the name of the box that says where the data are, or a second header in them."""
    small = encode(Image.new("RGB", (30, 20)), "AVIF")
    large = encode(Image.new("RGB", (1200, 900)), "AVIF")
    size = large.index(b"ispe") + 8
    lying = bytearray(large[:size] + struct.pack(">II", 30, 20) + large[size + 8 :])
    decoy = small[small.index(b"iloc") :][:26]
    free = struct.pack(">I", 8 + len(decoy)) + b"free" + decoy
    place = lying.index(b"iloc") + 18
    struct.pack_into(">I", lying, place, len(free) + struct.unpack_from(">I", lying, place)[0])
    assert "1,200 x 900" in refusal(bytes(lying[:32] + free + lying[32:]), replace(settings, max_megapixels=1))
    (item,) = formats._items(large)
    assert list(formats._coded_sizes(item * 2)) == [(1200, 900)] * 2
    assert decode(small, replace(settings, max_megapixels=1)).shape == (20, 30, 4)


def test_sizes_in_a_long_header_of_av1() -> None:
    """profile 0, no still picture; no timing, delays, two operating points, one of a level that has a tier."""
    bits = "0000 0 0 1 00001 000000000000 01000 1 1 0101 000000000001 00100 0 1001 1000 1010111111 101011111"
    bits = bits.replace(" ", "")
    header = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    assert formats._frame_size(header) == (704, 352)


def test_an_animated_avif_is_named(settings: Settings) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    data = encode(frames[0], "AVIF", save_all=True, append_images=frames[1:])
    assert "animated AVIF" in refusal(data, settings)


# pages and frames


def drawing(character: str, variant: int = 0) -> Image.Image:
    return Image.fromarray(draw(character, variant=variant)).convert("L")


def paged(format_name: str, pages: Sequence[Image.Image], **options: Any) -> bytes:
    return encode(pages[0], format_name, save_all=True, append_images=pages[1:], **options)


@pytest.mark.parametrize(
    ("format_name", "unit"),
    [("TIFF", "page"), ("HEIF", "page"), ("GIF", "frame"), ("WEBP", "frame"), ("PNG", "frame")],
)
def test_further_pages_are_counted_and_told(format_name: str, unit: str, settings: Settings) -> None:
    data = paged(format_name, [drawing(character) for character in "357"])
    decoded = decode_page(data, settings)
    assert (decoded.page, decoded.pages, count_pages(data)) == (1, 3, 3)
    assert decoded.note == (f"{unit} 1 of 3; the others were not read: save each {unit} as a picture of its own")
    assert np.array_equal(decoded.picture, decode(data, settings))
    assert np.abs(normalise(decoded.picture).glyph.astype(int) - normalise(draw("3")).glyph).mean() < 3


@pytest.mark.parametrize("format_name", FORMATS)
def test_one_page_needs_no_note(format_name: str, settings: Settings) -> None:
    data = encode(drawing("3"), format_name)
    assert decode_page(data, settings).note == ""
    assert count_pages(data) == 1
    assert count_pages(data[: len(data) // 3]) == 1


def second_is_a_preview(tiff: bytes) -> bytes:
    """Mark the second page of a little-endian TIFF with the tag NewSubfileType as a smaller copy."""
    data = bytearray(tiff)
    (first,) = struct.unpack_from("<I", data, 4)
    (second,) = struct.unpack_from("<I", data, first + 2 + 12 * struct.unpack_from("<H", data, first)[0])
    data[data.index(struct.pack("<H", 254), second + 2) + 8] = 1
    return bytes(data)


def test_previews_are_no_pages(settings: Settings) -> None:
    tiff = paged("TIFF", [drawing("3"), drawing("3").resize((30, 30))], tiffinfo={254: 0})
    assert count_pages(tiff) == 2
    assert decode_page(second_is_a_preview(tiff), settings).note == ""
    assert decode_page(paged("MPO", [drawing("3"), drawing("5")]), settings).note == ""


@pytest.mark.parametrize("kind", [b"\x02", b"\x05", b"\x07", b"\x0b"], ids=["text", "fraction", "bytes", "float"])
def test_a_page_of_an_odd_kind_is_a_page(kind: bytes, settings: Settings) -> None:
    """The tag NewSubfileType is a number; here it is written as of another type."""
    data = bytearray(paged("TIFF", [drawing(character) for character in "357"], tiffinfo={254: 0}))
    (first,) = struct.unpack_from("<I", data, 4)
    (second,) = struct.unpack_from("<I", data, first + 2 + 12 * struct.unpack_from("<H", data, first)[0])
    place = data.index(struct.pack("<H", 254), second + 2)
    data[place + 2 : place + 3] = kind
    assert count_pages(bytes(data)) == 3
    assert decode_page(bytes(data), settings).pages == 3


def test_pages_are_counted_up_to_a_thousand(settings: Settings) -> None:
    page = Image.linear_gradient("L").resize((4, 4))
    decoded = decode_page(paged("TIFF", [page] * (MOST_PAGES + 3)), settings)
    assert "page 1 of 1,000 or more" in decoded.note


def on_canvas(frame: bytes, size: tuple[int, int], at: tuple[int, int]) -> bytes:
    """A GIF whose first frame lies somewhere on a larger canvas."""
    data = bytearray(frame)
    struct.pack_into("<HH", data, 6, *size)
    colours = 3 * 2 ** ((data[10] & 7) + 1) if data[10] & 128 else 0
    place = data.index(b",", 13 + colours)
    struct.pack_into("<HH", data, place + 1, *at)
    return bytes(data)


@pytest.mark.parametrize("paper", [255, 0])
@pytest.mark.parametrize("size", [(330, 400), (2500, 2300)])
def test_a_frame_smaller_than_its_canvas_lies_on_it(paper: int, size: tuple[int, int], settings: Settings) -> None:
    ink = draw("5") if paper else 255 - draw("5")
    data = on_canvas(encode(Image.fromarray(ink), "GIF"), size, (21, 33))
    picture = decode(data, settings)
    if max(size) > 2048:
        assert picture.shape == (1150, 1250, 4)
        assert np.ptp(np.flatnonzero((picture[..., 3] == 255).any(axis=1))) == len(ink) // 2 - 2, "whole pixels only"
        return
    assert picture.shape == (*size[::-1], 4)
    inside = picture[33 : 33 + len(ink), 21 : 21 + len(ink)]
    assert np.array_equal(inside[..., 0], ink)
    assert inside[..., 3].min() == 255
    assert picture[..., 3].sum() == inside[..., 3].sum()
    assert difference(normalise(picture).glyph, normalise(ink).glyph) < 3


def blank(value: int = 255) -> Image.Image:
    return Image.fromarray(np.full_like(draw("5"), value))


@pytest.mark.parametrize("format_name", ["GIF", "WEBP", "PNG", "TIFF", "HEIF"])
def test_the_first_frame_that_shows_something_is_read(format_name: str, settings: Settings) -> None:
    data = paged(format_name, [blank(), blank(250), drawing("5"), drawing("7")])
    decoded = decode_page(data, settings)
    assert (decoded.page, decoded.pages) == (3, 4)
    assert difference(normalise(decoded.picture).glyph, normalise(draw("5")).glyph) < 3


def test_a_transparent_first_frame_shows_nothing(settings: Settings) -> None:
    empty = Image.new("RGBA", blank().size)
    shown = empty.copy()
    shown.paste((0, 0, 0, 255), mask=Image.fromarray(255 - draw("5")))
    decoded = decode_page(paged("WEBP", [empty, shown], lossless=True), settings)
    assert decoded.page == 2
    assert difference(normalise(decoded.picture).glyph, normalise(draw("5")).glyph) < 3


def test_a_blank_frame_on_a_larger_canvas_shows_nothing(settings: Settings) -> None:
    size = (draw("5").shape[1] + 40, draw("5").shape[0] + 40)
    later = Image.new("L", blank().size, 255)
    data = on_canvas(paged("GIF", [later, drawing("5")]), size, (20, 20))
    assert decode_page(data, settings).page == 2


def test_where_all_frames_are_blank_it_is_the_first(settings: Settings) -> None:
    decoded = decode_page(paged("WEBP", [Image.new("L", (20, 20), value) for value in (255, 200, 100)]), settings)
    assert (decoded.page, decoded.picture[0, 0, 0]) == (1, 255)


def test_only_so_many_frames_are_looked_at(settings: Settings) -> None:
    frames = [Image.new("L", (20, 20), 255 - place) for place in range(40)]
    frames[33] = Image.linear_gradient("L").resize((20, 20))
    assert decode_page(paged("TIFF", frames), settings).page == 1
    frames[31] = frames[33]
    assert decode_page(paged("TIFF", frames), settings).page == 32


def test_frames_together_are_no_more_than_one_picture_may_be(settings: Settings) -> None:
    frames = [Image.new("L", (500, 500), 255 - place) for place in range(9)] + [
        Image.linear_gradient("L").resize((500, 500))
    ]
    data = paged("TIFF", frames)
    assert decode_page(data, replace(settings, max_megapixels=1)).page == 1
    assert decode_page(data, replace(settings, max_megapixels=3)).page == 10


def test_a_damaged_later_page_does_not_spoil_the_first(settings: Settings) -> None:
    data = paged("TIFF", [blank(), drawing("5")], compression="tiff_lzw")
    assert decode_page(data[:-200], settings).page == 1


@pytest.mark.skipif(sys.platform == "win32", reason="libtiff cannot be reached there")
def test_damaged_files_write_nothing_to_the_log(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray(encode(drawing("5"), "TIFF", compression="tiff_lzw"))
    data[12:60] = bytes(48)
    refusal(bytes(data), settings)
    assert capfd.readouterr().err == ""


def test_a_grey_scan_may_be_as_large_as_a_picture_of_one_byte_a_pixel(settings: Settings) -> None:
    limit = replace(settings, max_megapixels=1)
    for mode in ("1", "L"):
        assert decode(encode(Image.new(mode, (1000, 900), 1), "TIFF"), limit).shape == (900, 1000, 4)
    assert "TIFF is 0.625 million" in refusal(encode(Image.new("RGB", (1000, 900)), "TIFF"), limit)
