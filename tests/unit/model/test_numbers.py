"""One answer of a line's readings and of what the single-character model says."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from core.alphabet import ALPHABET, FILLED, ILLEGIBLE, STRUCK
from core.model.line_network import build_line_network
from core.model.number_reader import Evidence, judge_number, line_probabilities
from core.model.numbers import NumberVerdict, kind_of, number_in
from core.model.numbers_card import Calibration
from core.vision.line import HEIGHT

CALIBRATION = Calibration(line=1.0, opinion=1.0, threshold=0.9)


def sees(*digits: int, sure: float = 0.99) -> NDArray[np.float64]:
    rows = np.full((len(digits), 10), (1 - sure) / 9)
    rows[range(len(digits)), digits] = sure
    return rows


def evidence(*lines: tuple[str, float], opinions: NDArray[np.float64] | None = None) -> Evidence:
    signs = lines[0][0]
    spans = tuple((i / len(signs), (i + 1) / len(signs)) for i in range(len(signs)))
    digits = [int(sign) for sign in signs if sign.isdigit()]
    return Evidence(lines, spans, sees(*digits) if opinions is None else opinions)


@pytest.mark.parametrize(
    ("line", "number", "kind"),
    [
        ("407", "407", None),
        ("", "", NumberVerdict.BLANK),
        (FILLED, "", NumberVerdict.FILLED),
        (STRUCK, "", NumberVerdict.STRUCK),
        (STRUCK + "52", "52", None),  # struck out and written anew
        (ILLEGIBLE, "", NumberVerdict.ILLEGIBLE),
    ],
)
def test_what_a_line_holds(line: str, number: str, kind: NumberVerdict | None) -> None:
    assert number_in(line) == number
    assert kind_of(line) is kind


def test_two_opinions_that_agree_are_confident() -> None:
    answer = judge_number(evidence(("407", 0.99), ("401", 0.01)), CALIBRATION)
    assert (answer.text, answer.verdict) == ("407", NumberVerdict.CONFIDENT)
    assert answer.candidates[0] == ("407", answer.confidence)
    assert answer.candidates[1][0] == "401"
    assert len(answer.spans) == 3


def test_where_they_differ_both_readings_are_given() -> None:
    answer = judge_number(evidence(("407", 0.99), ("401", 0.01), opinions=sees(4, 0, 1)), CALIBRATION)
    assert answer.verdict is NumberVerdict.UNSURE
    assert answer.text == "407"
    assert answer.candidates[1][0] == "401"
    assert sum(share for _, share in answer.candidates) <= 1.0
    assert [share for _, share in answer.candidates] == sorted((s for _, s in answer.candidates), reverse=True)


def test_a_line_without_a_number_is_never_forced_to_one() -> None:
    for sign, verdict in (
        ("", NumberVerdict.BLANK),
        (FILLED, NumberVerdict.FILLED),
        (STRUCK, NumberVerdict.STRUCK),
        (ILLEGIBLE, NumberVerdict.ILLEGIBLE),
    ):
        answer = judge_number(Evidence(((sign, 0.95), ("7", 0.05)), ((0.0, 1.0),) * len(sign), sees()), CALIBRATION)
        assert (answer.text, answer.verdict) == ("", verdict)
        assert dict(answer.candidates)["7"] == pytest.approx(1 - answer.confidence)


def test_spellings_of_the_same_number_count_together() -> None:
    readings = evidence((STRUCK + "52", 0.45), ("52", 0.3), ("57", 0.25))
    assert judge_number(readings, CALIBRATION).text == "52"
    apart = judge_number(evidence((STRUCK + "52", 0.45), ("53", 0.3), ("57", 0.25)), CALIBRATION)
    assert judge_number(readings, CALIBRATION).confidence > apart.confidence


def test_a_line_reads_the_same_beside_a_longer_one() -> None:
    torch.manual_seed(0)
    network = build_line_network("eye").eval()
    rng = np.random.default_rng(0)
    short, long = (rng.integers(0, 255, (2, HEIGHT, width), dtype=np.uint8) for width in (80, 300))
    (alone,) = line_probabilities(network, [short])
    beside, _ = line_probabilities(network, [short, long])
    assert alone.shape == (20, 1 + len(ALPHABET))
    assert np.allclose(alone, beside, atol=1e-6)
