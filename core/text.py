"""Numbers and times in words, written one way on pages, on the terminal and in reports."""

from datetime import datetime


def percent(share: float, decimals: int = 2) -> str:
    """A share of 0 to 1: "50.00 %"."""
    return f"{100 * share:.{decimals}f} %"


def probability(share: float) -> str:
    """A probability of 0 to 1 that claims no more than is known: 0.99996 is ">99.9 %", not "100.0 %"."""
    if share > 0.999:
        return ">99.9 %"
    return "<0.1 %" if share < 0.001 else percent(share, 1)


def probability_in_words(share: float) -> str:
    """As `probability`, for use within a sentence: "over 99.9 %"."""
    return probability(share).replace(">", "over ").replace("<", "under ")


def interval(low: float, high: float, decimals: int = 2) -> str:
    """An interval of shares: "99.56 to 99.78 %"."""
    return f"{100 * low:.{decimals}f} to {percent(high, decimals)}"


def estimate(share: float, low: float, high: float, images: int, note: str = "") -> str:
    """A share with its 95 % interval and sample size: "99.69 % (95 % interval 99.56 to 99.78, n = 10,000)"."""
    details = (f"95 % interval {interval(low, high).removesuffix(' %')}", f"n = {images:,}", note)
    return f"{percent(share)} ({', '.join(filter(None, details))})"


def counted(count: int, noun: str) -> str:
    """A count with its noun: "1 sample", "3,000 samples"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def are(count: int) -> str:
    """The verb that agrees with a count: "is" or "are"."""
    return "is" if count == 1 else "are"


def duration(seconds: float) -> str:
    """A length of time as exact as it is known: "50 s", "3 min", "1 h 10 min"."""
    if seconds < 90:
        return f"{max(1, round(seconds)):d} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def moment(time: datetime) -> str:
    """A point in time on this machine's clock: "27 Nov 2026, 22:04"."""
    local = time.astimezone()
    return f"{local.day} {local:%b %Y, %H:%M}"


def megabytes(size: float, decimals: int = 2) -> str:
    """A number of bytes: "0.53 MB"."""
    return f"{size / 1e6:,.{decimals}f} MB"


def sentence(words: str) -> str:
    """Words as a sentence; names within them keep their capitals."""
    return f"{words[:1].upper()}{words[1:]}."


def writable(name: str) -> str:
    """A file's name as text that can be written anywhere, whatever bytes the file system has in it."""
    return name.encode("utf-8", "backslashreplace").decode()
