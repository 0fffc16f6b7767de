import numpy as np
import pytest
import torch
from scipy.special import log_softmax, softmax

from core.charsets import BALANCED, CAPITALS, DIGITS, SMALL_LETTERS
from core.errors import ConfigError
from core.model.inference import carry_over, fold, merge_forms

FORMS = BALANCED.forms
LOGITS = np.random.default_rng(0).normal(0, 2, (5, len(FORMS.characters) + 2)).astype(np.float32)


def test_a_letter_of_both_cases_is_as_likely_as_its_forms_together() -> None:
    folded = fold(LOGITS, FORMS, BALANCED)
    assert folded.shape == (5, len(BALANCED.characters) + 2)
    before, after = softmax(LOGITS.astype(np.float64), axis=1), softmax(folded, axis=1)
    capital, small = (before[:, FORMS.characters.index(form)] for form in "Cc")
    assert after[:, BALANCED.characters.index("C")] == pytest.approx(capital + small)
    assert after[:, BALANCED.characters.index("d")] == pytest.approx(before[:, FORMS.characters.index("d")])
    assert after[:, -2:] == pytest.approx(before[:, -2:])


def test_only_capitals_asks_the_capital_alone() -> None:
    folded = fold(LOGITS, FORMS, CAPITALS)
    assert folded.shape == (5, 28)
    assert folded[:, 2] == pytest.approx(LOGITS[:, FORMS.characters.index("C")])
    assert fold(LOGITS, FORMS, SMALL_LETTERS)[:, 2] == pytest.approx(LOGITS[:, FORMS.characters.index("c")])
    assert (fold(LOGITS, FORMS, FORMS) == LOGITS).all()


def test_outputs_that_merge_a_letter_are_as_they_were() -> None:
    merging = LOGITS[:, :49]
    assert (fold(merging, BALANCED, BALANCED) == merging).all()
    assert (fold(merging, BALANCED, CAPITALS)[:, 2] == merging[:, BALANCED.characters.index("C")]).all()


def test_what_is_asked_for_must_be_among_the_outputs() -> None:
    with pytest.raises(ConfigError, match="Digits has no A"):
        fold(LOGITS, DIGITS, BALANCED)


def test_forms_are_merged_only_for_images_of_data_sets_that_merge_them() -> None:
    pairs, logits = FORMS.pairs(BALANCED), torch.from_numpy(LOGITS)
    merged = torch.tensor([True, False, True, False, False])
    found = merge_forms(logits, merged, pairs)
    assert torch.equal(found[~merged], logits[~merged])
    asked = found[merged][:, [*range(len(BALANCED.characters)), -2, -1]]
    assert asked.numpy() == pytest.approx(fold(LOGITS, FORMS, BALANCED)[merged.numpy()], abs=1e-5)
    columns = logits[:, None].expand(-1, 3, -1)
    assert torch.allclose(merge_forms(columns, merged, pairs), found[:, None].expand(-1, 3, -1))
    assert merge_forms(logits, merged, {}) is logits


def test_a_network_that_is_given_outputs_for_forms_says_at_first_what_it_said() -> None:
    random = torch.Generator().manual_seed(0)
    weight, bias = torch.randn(49, 8, generator=random), torch.randn(49, generator=random)
    features = torch.randn(4, 8, generator=random)
    wider = carry_over(weight, BALANCED, FORMS), carry_over(bias, BALANCED, FORMS, bias=True)
    before = (features @ weight.T + bias).numpy()
    after = fold((features @ wider[0].T + wider[1]).numpy(), FORMS, BALANCED)
    assert after == pytest.approx(before, abs=1e-5)
    assert log_softmax(after, axis=1) == pytest.approx(log_softmax(before, axis=1), abs=1e-5)
