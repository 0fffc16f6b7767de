import numpy as np

from core.model.prediction import Blend, Evidence
from tests.support.models import BLEND


def evidence(ink: int, eye: int, found: tuple[bool, bool] = (True, True), alike: bool = False) -> Evidence:
    """One picture of which the network says one class and the eye another, each surely."""
    glyph, seen = np.zeros((1, 12)), np.zeros((1, 13))
    glyph[0, ink], seen[0, eye] = 8, 8
    marked = np.zeros((1, 12))
    marked[0, min(eye, 11)] = 8
    return Evidence(glyph, marked, seen, seen, np.array([found]), np.array([alike]))


def test_views_that_agree_are_surer_than_one() -> None:
    blend = Blend(**(BLEND | {"other": 0.0, "several": 0.0, "blank": 0.0}))
    agreeing, split = blend.scores(evidence(3, 3))[0], blend.scores(evidence(3, 5))[0]
    assert agreeing.argmax() == 3
    assert np.sort(agreeing)[-1] - np.sort(agreeing)[-2] > np.sort(split)[-1] - np.sort(split)[-2]


def test_a_view_counts_by_its_weight() -> None:
    assert Blend(**(BLEND | {"ink": 4.0})).scores(evidence(3, 5))[0].argmax() == 3
    assert Blend(**(BLEND | {"ink": 0.2})).scores(evidence(3, 5))[0].argmax() == 5


def test_ink_that_the_eye_finds_too_counts_more() -> None:
    blend = Blend(**(BLEND | {"ink": 0.2, "alike": 4.0}))
    assert blend.scores(evidence(3, 5, alike=True))[0].argmax() == 3
    assert blend.scores(evidence(3, 5))[0].argmax() == 5


def test_a_view_without_ink_has_no_weight() -> None:
    weights = Blend(**BLEND).weights(evidence(3, 3, found=(False, False)))
    assert weights[0, :2].tolist() == [0, 0]
    assert (weights[0, 2:] > 0).all()


def test_a_network_that_knows_no_outliers_says_nothing_about_them() -> None:
    known = evidence(3, 3)
    unknowing = Evidence(known.ink[:, :10], known.marked[:, :10], *list(vars(known).values())[2:])
    scores = Blend(**BLEND).scores(unknowing)
    assert scores.shape == (1, 13)
    assert scores[0].argmax() == 3
