"""Which picture formats are read, and what a file is that has none of them."""

from functools import cache

from PIL import features

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "HEIF", "AVIF")
ENDINGS = (
    *("png", "jpg", "jpeg", "jpe", "jif", "jfif", "webp", "bmp", "tif", "tiff", "gif"),
    *("heic", "heif", "hif", "avif"),
)
"""Their file endings, without the dot."""
EXPECTED = "Expected a PNG, JPEG, WebP, BMP, TIFF, GIF, HEIC or AVIF picture"
CUT_OFF = "The picture is cut off or damaged. Save or send it again, whole."

_OTHERWISE = "Otherwise save the picture as PNG or JPEG."
_AVIF_BRANDS = (b"avif", b"avis")
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")


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
    """What a file is that could not be opened as a picture, and what to do about it."""
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
