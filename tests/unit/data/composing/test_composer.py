"""The composer: ink pictures on paper, its options one by one, and glyphs as they are left of paper."""

import dataclasses

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from core.data import strokes_on_paper
from core.data.composing.composer import compose, glyphs_on_paper, preview
from core.data.composing.options import Paper
from core.vision.normalise import to_glyph
from core.vision.views import PICTURE_SIDE as SIDE
from tests.support.strokes import draw

OPTIONS = [field.name for field in dataclasses.fields(Paper)]
NOTHING = Paper(**dict.fromkeys(OPTIONS, 0.0))
INKS = np.stack([strokes_on_paper.fit(255 - draw(character)) for character in "2345"])
COUNT = 32


def composed(options: Paper, seed: int = 0, empty: bool = False, characters: Tensor | None = None) -> list[Tensor]:
    """Pictures and masks, (32, 48, 48) each."""
    inks = torch.from_numpy(INKS).float() / 255
    some = inks.repeat(COUNT // len(inks), 1, 1) if characters is None else characters
    others = inks[torch.arange(2 * COUNT) % len(inks)].view(COUNT, 2, *inks.shape[1:])
    generator = torch.Generator().manual_seed(seed)
    return list(compose(some, others, torch.full((COUNT,), empty), options, generator))


def only(option: str) -> Paper:
    return dataclasses.replace(NOTHING, **{option: 1.0})


def correlations(one: Tensor, other: Tensor) -> Tensor:
    """Of two batches, picture by picture, (N,)."""
    a, b = (batch.flatten(1) - batch.flatten(1).mean(dim=1, keepdim=True) for batch in (one, other))
    return F.cosine_similarity(a, b)


def darkness(pictures: Tensor) -> Tensor:
    """By how much each pixel is darker than the paper, as a share of the darkest of its picture."""
    flat = pictures.flatten(1)
    away = flat.median(dim=1, keepdim=True).values - flat
    return (away / away.amax(dim=1, keepdim=True).clamp(min=1e-6)).view_as(pictures)


def test_the_same_seed_gives_the_same_pictures() -> None:
    first, again, other = composed(Paper(), 3), composed(Paper(), 3), composed(Paper(), 4)
    assert all(torch.equal(one, two) for one, two in zip(first, again, strict=True))
    assert not torch.equal(first[0], other[0])
    assert len({picture.numpy().tobytes() for picture in first[0]}) == COUNT


@pytest.mark.parametrize("options", [Paper(), NOTHING, Paper(**dict.fromkeys(OPTIONS, 1.0))])
def test_pictures_and_masks_are_within_their_range(options: Paper) -> None:
    for maps in composed(options):
        assert maps.shape == (COUNT, SIDE, SIDE)
        assert maps.isfinite().all()
        assert maps.min() >= 0
        assert maps.max() <= 1


def test_where_there_is_no_ink_the_mask_is_empty() -> None:
    assert composed(Paper(), empty=True)[1].count_nonzero() == 0
    assert (
        composed(Paper(), characters=torch.zeros(COUNT, strokes_on_paper.SIDE, strokes_on_paper.SIDE))[
            1
        ].count_nonzero()
        == 0
    )
    assert (composed(Paper())[1].amax(dim=(1, 2)) > 0.3).all()


def test_without_any_nuisance_there_is_a_clean_character() -> None:
    pictures, masks = composed(NOTHING)
    assert correlations(1 - pictures, masks).min() > 0.9
    paper = F.max_pool2d(masks, 7, 1, 3) == 0  # further away than the ink bleeds
    for picture, away in zip(pictures, paper, strict=True):
        assert np.ptp(picture[away].numpy()) < 1e-5


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_changes_something(option: str) -> None:
    changed = (composed(only(option))[0] - composed(NOTHING)[0]).abs().amax(dim=(1, 2))
    assert (changed > 0.02).float().mean() > 0.5


def test_the_mask_covers_the_strokes() -> None:
    pictures, masks = composed(NOTHING)
    seen, marked = darkness(pictures) > 0.5, masks > 0.5
    both, either = (seen & marked).sum(dim=(1, 2)), (seen | marked).sum(dim=(1, 2))
    assert (both / either).mean() > 0.85


def test_the_mask_is_whole_where_the_stroke_is_broken() -> None:
    (whole, mask), (broken, same) = composed(NOTHING), composed(only("gaps"))
    assert torch.equal(mask, same)
    assert darkness(broken)[mask > 0.9].mean() < darkness(whole)[mask > 0.9].mean()


def test_light_ink_is_the_other_way_round() -> None:
    assert torch.allclose(composed(only("light_ink"))[0], 1 - composed(NOTHING)[0], atol=1e-6)
    pictures, masks = composed(only("light_ink"))
    assert correlations(pictures, masks).min() > 0.9


def test_size_and_place() -> None:
    small, tight = composed(only("small"))[1], composed(only("tight"))[1]
    for maps, low, high in ((small, 3, 24), (tight, 36, SIDE)):
        for mask in maps.numpy() > 0.3:
            longer = max(np.ptp(np.flatnonzero(mask.any(axis=axis))) + 1 for axis in (0, 1))
            assert low <= longer <= high


def test_a_preview_repeats_by_seed() -> None:
    found = preview(INKS[0], INKS[1:], Paper(), 12, seed=5)
    assert found.shape == (12, SIDE, SIDE)
    assert found.dtype == np.uint8
    assert (found == preview(INKS[0], INKS[1:], Paper(), 12, seed=5)).all()
    assert (found != preview(INKS[0], INKS[1:], Paper(), 12, seed=6)).any()
    assert len({picture.tobytes() for picture in found}) == 12


_FOUR = torch.from_numpy(np.stack([to_glyph(picture) for picture in INKS]))
GLYPHS = _FOUR.float().div(255)[:, None].repeat(16, 1, 1, 1)


def left_of_paper(images: Tensor, share: float, seed: int = 0) -> Tensor:
    return glyphs_on_paper(images, share, torch.Generator().manual_seed(seed))


def test_glyphs_left_of_paper_are_still_there() -> None:
    found = left_of_paper(GLYPHS, 1.0)
    assert found.shape == GLYPHS.shape
    assert found.min() == 0
    assert found.max() == 1
    assert not (found == GLYPHS).flatten(1).all(dim=1).any()
    assert correlations(found, GLYPHS).median() > 0.75, "neither moved nor turned over"


def test_glyphs_left_of_paper_repeat_by_seed() -> None:
    assert torch.equal(left_of_paper(GLYPHS, 0.5), left_of_paper(GLYPHS, 0.5))
    assert not torch.equal(left_of_paper(GLYPHS, 0.5), left_of_paper(GLYPHS, 0.5, seed=1))


def test_only_a_share_of_the_glyphs_is_put_on_paper() -> None:
    before = GLYPHS.clone()
    same = (left_of_paper(GLYPHS, 0.25) == GLYPHS).flatten(1).all(dim=1)
    assert 0.6 < same.float().mean() < 0.9
    assert torch.equal(left_of_paper(GLYPHS, 0.0), GLYPHS)
    assert torch.equal(GLYPHS, before)


def test_a_glyph_alone_or_without_ink_may_lie_on_paper_too() -> None:
    for images in (GLYPHS[:1], torch.zeros(3, 1, 28, 28)):
        found = left_of_paper(images, 1.0)
        assert found.shape == images.shape
        assert found.isfinite().all()
