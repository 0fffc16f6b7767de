"""Which files are read as pictures, and why the others are not: of no known format, or too large for the memory."""

import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from itertools import islice

from PIL import Image, features

from core.errors import PictureError
from core.settings import Settings

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "HEIF", "AVIF")
ENDINGS = (
    *("png", "jpg", "jpeg", "jpe", "jif", "jfif", "webp", "bmp", "tif", "tiff", "gif"),
    *("heic", "heif", "hif", "avif"),
)
EXPECTED = "Expected a PNG, JPEG, WebP, BMP, TIFF, GIF, HEIC or AVIF picture"
CUT_OFF = "The picture is cut off or damaged. Save or send it again, whole."
SMALLER = "Save a smaller picture, or cut out what is to be read."
LATER_PAGE = "later frame or page"

_OTHERWISE = "Otherwise save the picture as PNG or JPEG."
_AVIF_BRANDS = (b"avif", b"avis")
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")
# Bytes of memory that the decoder takes at most for a pixel, as measured; 5 for all others. HEIC as cameras write it
# takes 8.
_BYTES_PER_PIXEL = {
    "WebP": 16,
    "TIFF": 8,
    "progressive JPEG": 8,
    "HEIC": 10,
    "HEIC of more than 8 bits": 16,
    "HEIC with transparency": 21,
    "AVIF": 18,
    LATER_PAGE: 18,
}
_USUAL_BYTES_PER_PIXEL = 5
_OBU_SEQUENCE_HEADER = 1
_MOST_OBUS = 10_000


def possible_formats(data: bytes) -> tuple[str, ...]:
    """The formats that a file may have by its first bytes, as far as they can be read; pillow-heif loads on demand."""
    if data[4:8] != b"ftyp":
        return FORMATS[:-2]
    return (*(("AVIF",) if features.check("avif") else ()), *(("HEIF",) if _reads_heic() else ()))


@cache
def _reads_heic() -> bool:
    try:
        import pillow_heif

        # Thumbnails would be decoded instead of the picture, whatever they show.
        pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    except (ImportError, OSError):
        return False
    return True


def describe_unreadable(data: bytes) -> str:
    """What a file is that could not be opened, and what to do about it."""
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    brand = data[8:12] if data[4:8] == b"ftyp" else b""
    if b"<svg" in start:
        return f"This is an SVG drawing, not a picture made of pixels. {EXPECTED}: export it as PNG."
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        return f"This is an HTML page, not a picture. {EXPECTED}: save the picture itself."
    if start.startswith(b"%pdf"):
        return f"This is a PDF document, not a picture. {EXPECTED}: export its page as PNG."
    if brand in _AVIF_BRANDS and not features.check("avif"):
        return f"This is an AVIF picture, which the installed Pillow does not read. {_OTHERWISE}"
    if brand in _HEIC_BRANDS and not _reads_heic():
        return (
            "This is a HEIC picture, and pillow-heif, which reads it, cannot be loaded "
            f"(pip install pillow-heif). {_OTHERWISE}"
        )
    starts = (b"\x89png", b"\xff\xd8", b"riff", b"bm", b"ii*\0", b"mm\0*", b"gif8")
    if brand in _AVIF_BRANDS + _HEIC_BRANDS or start.startswith(starts):
        return CUT_OFF
    return f"This is not a picture that can be read. {EXPECTED}."


def check_bytes(data: bytes, settings: Settings) -> None:
    if not data:
        raise PictureError(f"The file is empty (0 bytes). {EXPECTED}.")
    if len(data) > settings.max_upload_mb * 1_000_000:
        raise PictureError(
            f"The file has {len(data) / 1_000_000:.1f} MB, more than the limit of {settings.max_upload_mb} MB. "
            f"{SMALLER}"
        )


def check_pixels(size: tuple[int, int], kind: str, settings: Settings) -> None:
    """Refuse a picture whose decoder would take more memory than DIGITS_MAX_MEGAPIXELS of an ordinary one."""
    factor = _BYTES_PER_PIXEL.get(kind, _USUAL_BYTES_PER_PIXEL) / _USUAL_BYTES_PER_PIXEL
    width, height = size
    if width * height * factor > settings.max_megapixels * 1_000_000:
        raise PictureError(
            f"The picture has {width:,} x {height:,} pixels; the limit for {kind} is "
            f"{settings.max_megapixels / factor:.3g} million. {SMALLER}"
        )


def check_image(image: Image.Image, data: bytes, settings: Settings) -> None:
    """Refuse an opened picture, not yet decoded, that has too many pixels; ValueError for an AVIF without a picture."""
    check_pixels(image.size, _kind(image), settings)
    if image.format == "AVIF":
        _check_coded_sizes(data, settings)


def _kind(image: Image.Image) -> str:
    if image.info.get("progressive"):
        return "progressive JPEG"
    if image.format == "HEIF" and image.mode[-1] in "Aa":
        return "HEIC with transparency"
    if image.format == "HEIF" and image.info.get("bit_depth", 8) > 8:
        return "HEIC of more than 8 bits"
    if image.format == "TIFF" and image.mode in ("1", "L", "P"):
        return "TIFF of one byte a pixel"
    return {"WEBP": "WebP", "HEIF": "HEIC", "MPO": "JPEG"}.get(image.format or "", image.format or "")


def _check_coded_sizes(data: bytes, settings: Settings) -> None:
    """An AVIF may be coded larger than it declares; its decoder would take the memory for the coded size."""
    if data[8:12] == b"avis" or (data[8:12] != b"avif" and b"moov" in data):
        raise PictureError(f"This is an animated AVIF, which is not supported. {EXPECTED}: save a frame as PNG.")
    sizes = [size for item in _items(data) for size in _coded_sizes(item)]
    if not sizes:
        raise ValueError("no sequence header")
    for size in sizes:
        check_pixels(size, "AVIF", settings)


def _items(data: bytes) -> Iterator[bytes]:
    """The data of all items of a HEIF container (ISO/IEC 14496-12, boxes iloc and idat).

    Boxes are found by their names alone: to follow the tree would take more code, and a false match does no harm.
    """
    boxes = {name: [match.end() for match in re.finditer(name, data)] for name in (b"iloc", b"idat")}
    left = 2 * len(data)
    for offset in boxes[b"iloc"]:
        for inside, extents in _extents(BytesIO(data[offset:])):
            for start in boxes[b"idat"] if inside else [0]:
                parts = [data[start + at : start + at + length if length else None] for at, length in extents]
                left -= sum(map(len, parts))
                if left < 0:
                    raise ValueError("items overlap")
                yield b"".join(parts)


def _extents(box: BytesIO) -> Iterator[tuple[bool, list[tuple[int, int]]]]:
    """For each item of a box iloc: whether it lies in the box idat, and the starts and lengths of its parts."""

    def number(size: int) -> int:
        return int.from_bytes(box.read(size), "big")

    version, sizes = number(4) >> 24, number(2)
    wide = 4 if version == 2 else 2
    for _ in range(number(wide)):
        number(wide)
        inside = bool(version and number(2) & 15)
        number(2)
        base = number(sizes >> 4 & 15)
        extents = []
        for _ in range(number(2)):
            number(sizes & 15 if version else 0)
            extents.append((base + number(sizes >> 12), number(sizes >> 8 & 15)))
        yield inside, extents


def _coded_sizes(item: bytes) -> Iterator[tuple[int, int]]:
    """The sizes in all sequence headers of an AV1 bitstream (its specification, 5.3); none of other data."""
    stream = BytesIO(item)
    for _ in range(_MOST_OBUS):
        head = stream.read(1)
        if not head or head[0] & 0x83 != 2:  # the end, or a unit without a size, which is the last one
            break
        stream.read(head[0] >> 2 & 1)
        payload = stream.read(_leb128(stream))
        if head[0] >> 3 & 15 == _OBU_SEQUENCE_HEADER:
            yield _frame_size(payload)
    else:
        raise ValueError("too many parts")


def _leb128(stream: BytesIO) -> int:
    value = 0
    for shift in range(0, 56, 7):
        (byte,) = stream.read(1)
        value |= (byte & 127) << shift
        if byte < 128:
            break
    return value


def _frame_size(header: bytes) -> tuple[int, int]:
    """The largest width and height of the frames after an AV1 sequence header (specification, 5.5.1)."""
    bits = iter("".join(f"{byte:08b}" for byte in header[:128]))

    def take(count: int) -> int:
        return int("".join(islice(bits, count)), 2)

    take(4)
    if take(1):  # reduced_still_picture_header
        take(5)
    else:
        if take(1):
            raise ValueError("a still picture has no timing")
        delays = take(1)
        for _ in range(take(5) + 1):
            take(12)
            if take(5) > 7:
                take(1)
            if delays and take(1):
                take(4)
    wide, high = take(4) + 1, take(4) + 1
    return take(wide) + 1, take(high) + 1
