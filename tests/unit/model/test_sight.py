from collections.abc import Callable

import numpy as np
import pytest
import torch

from core.charsets import DIGITS
from core.model.inference import Recogniser
from core.model.networks import Eye
from core.model.sight import look_at, see, standardise
from core.settings import Settings
from core.vision.views import PICTURE_SIDE, whole
from tests.support.models import make_model


@pytest.fixture
def seeing(settings: Settings) -> Callable[[Eye], Recogniser]:
    """A model of digits with an eye."""
    return lambda eye: Recogniser(make_model(settings), torch.nn.Identity(), eye.eval())


class Pointing(Eye):
    """An eye that takes the darkest pixels for ink, so that a test knows what it marks."""

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of 0, and of ink where a picture is darker than its mean by a deviation."""
        return torch.zeros(len(pictures), 13), (-pictures[:, 0] - 1) * 20


def test_an_eye_answers_and_marks() -> None:
    logits, ink = Eye(len(DIGITS.characters) + 3).eval()(torch.zeros(2, 1, 48, 48))
    assert logits.shape == (2, 13)
    assert ink.shape == (2, 48, 48)


def test_what_an_eye_takes_is_standardised_and_a_uniform_picture_stays_finite() -> None:
    pictures = torch.rand(3, 48, 48) * 0.2 + 0.4
    pictures[2] = 0.5
    inputs = standardise(pictures)
    assert inputs.shape == (3, 1, 48, 48)
    assert inputs[:2].mean().item() == pytest.approx(0, abs=1e-5)
    assert inputs[:2].std().item() == pytest.approx(1, abs=0.01)
    assert not inputs[2].any()


def test_it_looks_closer_until_the_ink_is_well_framed(seeing: Callable[[Eye], Recogniser]) -> None:
    page = np.full((480, 480), 255, np.uint8)
    page[100:160, 300:320] = 0
    (sight,) = look_at(seeing(Pointing(13)), [page])
    frame = sight.closest.frame
    assert len(sight.glances) > 1
    assert frame.top < 100
    assert frame.bottom > 160
    assert 0.7 <= 60 / max(frame.height, frame.width) <= 0.95
    assert sight.closest.ink.max() > 0.9


def test_a_picture_that_is_well_framed_is_looked_at_once_and_a_batch_as_each_alone(
    seeing: Callable[[Eye], Recogniser],
) -> None:
    tight, page = np.full((60, 60), 255, np.uint8), np.full((300, 200), 255, np.uint8)
    tight[5:55, 25:35] = 0
    page[40:80, 40:50] = 0
    eye = seeing(Pointing(13))
    both = look_at(eye, [tight, page])
    assert len(both[0].glances) == 1
    assert [glance.frame for glance in both[1].glances] == [glance.frame for glance in look_at(eye, [page])[0].glances]


class ShortSighted(Eye):
    """An eye that marks dark pixels, but no spot of less than five pixels; what it sees it takes for a 0."""

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of 0 or of a blank picture, and of ink."""
        dark = (pictures[:, 0] < -0.3).float()
        marked = dark * (torch.nn.functional.avg_pool2d(dark, 5, 1, 2) > 0.7)
        answers = torch.where(marked.amax((1, 2)) > 0, 0, 12)
        return 9 * torch.eye(13)[answers], 40 * marked - 20


def test_what_is_too_small_to_be_seen_on_the_whole_is_looked_for_in_its_parts(
    seeing: Callable[[Eye], Recogniser],
) -> None:
    page, empty = np.full((2, 480, 480), 255, np.uint8)
    page[400:440, 60:100] = 0
    seen, nothing = look_at(seeing(ShortSighted(13)), [page, empty])
    assert seen.glances[0].frame.height < 480
    frame = seen.closest.frame
    assert (frame.top < 400, frame.bottom > 440, frame.left < 60, frame.right > 100) == (True,) * 4
    assert [glance.frame for glance in nothing.glances] == [whole(empty)]


def test_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=f"uint8 \\(N, {PICTURE_SIDE}"):
        see(Eye(13).eval(), np.zeros((1, 28, 28), np.uint8))
