"""Numbers in words."""

import pytest

from core import text


@pytest.mark.parametrize(
    ("share", "short", "words"),
    [
        (0.99996, ">99.9 %", "over 99.9 %"),
        (0.985, "98.5 %", "98.5 %"),
        (0.001, "0.1 %", "0.1 %"),
        (0.0004, "<0.1 %", "under 0.1 %"),
    ],
)
def test_a_probability_claims_no_more_than_is_known(share: float, short: str, words: str) -> None:
    assert (text.probability(share), text.probability_in_words(share)) == (short, words)


def test_an_estimate_comes_with_its_interval_and_sample_size() -> None:
    words = "99.69 % (95 % interval 99.56 to 99.78, n = 10,000"
    assert text.estimate(0.9969, 0.9956, 0.9978, 10_000) == f"{words})"
    assert text.estimate(0.9969, 0.9956, 0.9978, 10_000, "digits only") == f"{words}, digits only)"
    assert text.interval(0.5, 0.75, 1) == "50.0 to 75.0 %"


@pytest.mark.parametrize(("count", "words"), [(0, "0 samples"), (1, "1 sample"), (3000, "3,000 samples")])
def test_a_noun_agrees_with_its_count(count: int, words: str) -> None:
    assert text.counted(count, "sample") == words


def test_a_verb_agrees_with_its_count() -> None:
    assert [text.are(count) for count in (0, 1, 2)] == ["are", "is", "are"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (50, "50 s"), (89.4, "89 s"), (180, "3 min"), (5_000, "83 min"), (4_200 + 1_800, "1 h 40 min")],
)
def test_a_duration_is_as_exact_as_it_is_known(seconds: float, words: str) -> None:
    assert text.duration(seconds) == words


def test_a_size_is_in_megabytes() -> None:
    assert (text.megabytes(527_000), text.megabytes(1_234_500_000, 0)) == ("0.53 MB", "1,234 MB")
