"""The colours of every figure. All are readable on the light and on the dark page."""

import numpy as np

# Blue and amber differ for colour-blind people as well.
BLUE = "#5674e8"
AMBER = "#d9902f"
RED = "#d6455d"
GREY = "#a3acc2"
TEXT = {"light": "#4a5268", "dark": "#b9c0d4"}

# From nothing to much: the least is a breath of blue, so that the page's own colour shows through.
BLUES = ((0.0, "rgba(86, 116, 232, 0.07)"), (0.5, "rgba(86, 116, 232, 0.75)"), (1.0, "#2b3fa8"))

# Ten hues that stay apart for most people who see colours differently; after the tenth they start again.
CLASSES = (
    "#5674e8",
    "#d9902f",
    "#2f9e77",
    "#d6455d",
    "#8f62d9",
    "#3fa9c9",
    "#a8742a",
    "#d672b0",
    "#7a9a1f",
    "#8a93a8",
)


def class_colour(index: int) -> str:
    return CLASSES[index % len(CLASSES)]


# The page behind the figures, and the two inks of which one is readable on any colour; as in .streamlit/config.toml.
PAGE = {"light": "#ffffff", "dark": "#0c0e14"}
INKS = ("#0d101a", "#ffffff")


def readable_ink(position: float, theme: str) -> str:
    """The ink of the greater contrast (WCAG 2.2) on a colour of the blue scale, over the page of this theme."""
    return max(INKS, key=lambda ink: contrast(ink, on_page(position, theme)))


def on_page(position: float, theme: str) -> str:
    """The colour "#rrggbb" at a position, 0 to 1, of the blue scale, when it lies on the page of this theme."""
    stops, colours = [stop for stop, _ in BLUES], [_rgba(colour) for _, colour in BLUES]
    *mixed, opacity = (float(np.interp(position, stops, parts)) for parts in zip(*colours, strict=True))
    parts = zip(mixed, _rgba(PAGE[theme])[:3], strict=True)
    return "#" + "".join(f"{round(opacity * part + (1 - opacity) * page):02x}" for part, page in parts)


def contrast(first: str, second: str) -> float:
    """The contrast of two colours "#rrggbb", 1 to 21 (WCAG 2.2)."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = np.array(_rgba(colour)[:3]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def _rgba(colour: str) -> tuple[float, ...]:
    """Red, green and blue, 0 to 255, and opacity, 0 to 1, of "#rrggbb" or "rgba(r, g, b, a)"."""
    if colour.startswith("#"):
        return (*(float(int(colour[start : start + 2], 16)) for start in (1, 3, 5)), 1.0)
    return tuple(float(part) for part in colour.removeprefix("rgba(").removesuffix(")").split(","))
