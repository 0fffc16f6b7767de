import numpy as np
import pytest
import torch

from core.charsets import BALANCED, DIGITS, Charset
from core.errors import ConfigError
from core.model.architectures import ARCHITECTURES, build
from core.model.inference import Recogniser
from core.model.library import load
from core.model.prediction import Prediction, Verdict, judge
from core.settings import Settings
from core.vision.normalise import normalise
from tests.support.models import make_model
from tests.support.strokes import draw


def test_probabilities_use_the_cards_temperature(settings: Settings) -> None:
    make_model(settings, temperature=2.0)
    recogniser = load("tiny", settings)
    glyphs = np.stack([normalise(draw(digit)).glyph for digit in "0123"])
    logits = recogniser.logits(glyphs).astype(np.float64) / 2.0
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert recogniser.probabilities(glyphs) == pytest.approx(expected)


def test_answers_do_not_depend_on_the_batch(settings: Settings) -> None:
    make_model(settings)
    recogniser = load("tiny", settings)
    items = [normalise(draw(digit)) for digit in "0123456789"]
    together = recogniser.predict(items)
    for item, prediction in zip(items, together, strict=True):
        assert recogniser.predict([item])[0].probabilities == pytest.approx(prediction.probabilities, abs=1e-6)
    assert recogniser.predict([]) == []


@pytest.mark.parametrize(("threshold", "verdict"), [(0.0, Verdict.CONFIDENT), (1.0, Verdict.UNSURE)])
def test_the_cards_threshold_parts_confident_from_unsure(
    settings: Settings, threshold: float, verdict: Verdict
) -> None:
    make_model(settings, threshold=threshold)
    prediction = load("tiny", settings).predict([normalise(draw("3"))])[0]
    assert prediction.verdict is verdict
    assert prediction.probabilities.sum() == pytest.approx(1)
    assert prediction.label == prediction.candidates(1)[0][0]


def test_a_blank_picture_has_no_answer(settings: Settings) -> None:
    make_model(settings)
    prediction = load("tiny", settings).predict([normalise(np.full((280, 280), 255, np.uint8))])[0]
    assert (prediction.verdict, prediction.label, prediction.confidence) == (Verdict.BLANK, None, 0.0)
    assert prediction.candidates(3) == []


def test_candidates_are_the_most_probable_first() -> None:
    prediction = Prediction(Charset("some", "Some", ("a", "b", "c")), np.array([0.2, 0.7, 0.1]), Verdict.UNSURE)
    assert prediction.candidates(2) == [("b", 0.7), ("a", 0.2)]


def test_look_alikes_together_may_be_sure() -> None:
    """An O that may as well be a 0: surely one of these two."""
    shares = np.full(47, 0.02 / 45)
    shares[[BALANCED.characters.index("O"), BALANCED.characters.index("0")]] = 0.5, 0.48
    both = judge(BALANCED, shares, blank=False, threshold=0.9)
    assert (both.verdict, both.label) == (Verdict.ALIKE, "O")
    group, together = both.alike
    assert group == ("O", "0")
    assert together == pytest.approx(0.98)
    assert judge(BALANCED, shares, blank=False, threshold=0.99).verdict is Verdict.UNSURE
    assert judge(BALANCED, shares, blank=False, threshold=0.4).verdict is Verdict.CONFIDENT
    blank = judge(BALANCED, shares, blank=True, threshold=0.4)
    assert (blank.verdict, blank.alike) == (Verdict.BLANK, ((), 0.0))


def test_without_look_alikes_the_label_stands_alone() -> None:
    prediction = judge(DIGITS, np.array([0.82] + [0.02] * 9), blank=False, threshold=0.9)
    assert prediction.verdict is Verdict.UNSURE
    assert prediction.alike == (("0",), 0.82)


def test_an_answer_restricted_to_some_characters_shares_out_their_probability(settings: Settings) -> None:
    make_model(settings, charset="balanced")
    recogniser, item = load("tiny", settings), normalise(draw("3"))
    whole = recogniser.probabilities(item.glyph[None])[0]
    (digit,) = recogniser.predict([item], DIGITS)
    assert digit.characters == DIGITS.characters
    assert digit.probabilities == pytest.approx(whole[:10] / whole[:10].sum())
    (small,) = recogniser.predict([item], BALANCED.restrictions["small"])
    places = BALANCED.indices_of(BALANCED.restrictions["small"])
    assert small.probabilities == pytest.approx(whole[places] / whole[places].sum())
    assert (small.label or "").islower()
    make_model(settings, name="other")
    with pytest.raises(ConfigError, match="Digits has no A"):
        load("other", settings).predict([item], BALANCED.restrictions["capitals"])


@pytest.mark.parametrize(
    "glyphs", [np.zeros((2, 28, 28)), np.zeros((28, 28), np.uint8), np.zeros((1, 32, 32), np.uint8)]
)
def test_what_is_no_glyph_is_refused(settings: Settings, glyphs: np.ndarray) -> None:
    make_model(settings)
    with pytest.raises(ValueError, match="expected glyphs as uint8"):
        load("tiny", settings).probabilities(glyphs)


def test_logits_have_gradients_that_reach_the_glyphs(settings: Settings) -> None:
    make_model(settings)
    recogniser = load("tiny", settings)
    glyphs = np.stack([normalise(draw(digit)).glyph for digit in "37"])
    pixels = torch.from_numpy(glyphs).float().requires_grad_()
    logits = recogniser.forward(pixels)
    assert np.array_equal(logits.detach().numpy(), recogniser.logits(glyphs))
    logits[0, 3].backward()
    assert pixels.grad is not None
    assert pixels.grad[0].any()
    assert not pixels.grad[1].any(), "each glyph is read for itself"


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_last_layer_turns_features_into_logits(settings: Settings, architecture: str) -> None:
    card = make_model(settings, temperature=2.0)
    torch.manual_seed(0)
    recogniser = Recogniser(card, build(architecture, 10, 0.5))
    glyphs = np.stack([normalise(draw(digit)).glyph for digit in "0123"])
    features = recogniser.features(glyphs)
    assert features.shape[0] == 4
    assert features.dtype == np.float32
    *_, weight, bias = (values.detach().numpy() for values in recogniser.network.parameters())
    assert features @ weight.T + bias == pytest.approx(recogniser.logits(glyphs), abs=1e-4)
    assert recogniser.read_features(features) == pytest.approx(recogniser.probabilities(glyphs), abs=1e-6)


def test_an_answer_that_is_surely_one_of_some_names_two_at_least() -> None:
    shares = np.full(47, 0.05 / 45)
    shares[[BALANCED.characters.index(character) for character in "0O"]] = 0.94, 0.01
    answer = judge(BALANCED, shares, blank=False, threshold=0.945)
    assert (answer.verdict, answer.in_words) == (Verdict.ALIKE, "0 or O")
    assert judge(BALANCED, shares, blank=False, threshold=0.5).in_words == "0"
