"""How figures and tables look on a terminal."""

from collections.abc import Sequence


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns as wide as their widest cell, two spaces apart."""
    table = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def percent(share: float, decimals: int = 2) -> str:
    """A share of 0 to 1 as text: 0.5 is "50.00 %"."""
    return f"{100 * share:.{decimals}f} %"


def sentence(words: str) -> str:
    """Words as a sentence; names within them keep their capitals."""
    return f"{words[:1].upper()}{words[1:]}."
