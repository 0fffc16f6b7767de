import dataclasses

import pytest
import torch
from torch import Tensor

from core.data.augment import Augmentation, augment, preview
from tests.support.strokes import draw


def images() -> Tensor:
    """float (8, 1, 28, 28): the same drawn 4, eight times."""
    picture = torch.from_numpy(255 - draw("4", size=28, box=(6, 4, 18), pen=2.5)).float() / 255
    return picture.repeat(8, 1, 1, 1)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def centre_of_mass(batch: Tensor) -> Tensor:
    """(N, 2): x and y in pixels."""
    places = torch.arange(28.0)
    mass = batch.sum(dim=(1, 2, 3))
    return torch.stack([(batch * places).sum((1, 2, 3)), (batch * places[:, None]).sum((1, 2, 3))], 1) / mass[:, None]


def test_no_strength_changes_nothing() -> None:
    assert torch.equal(augment(images(), Augmentation(), seeded()), images())


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Augmentation)])
def test_each_kind_changes_every_image_its_own_way_and_keeps_shape_and_range(field: str) -> None:
    strength = Augmentation(**{field: 0.5 if field in ("scale", "stretch", "stroke_width") else 2.0})
    changed = augment(images(), strength, seeded())
    assert changed.shape == (8, 1, 28, 28)
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert len({row.numpy().tobytes() for row in changed}) == 8
    assert (changed - images()).abs().amax(dim=(1, 2, 3)).min() > 0


def test_same_generator_state_same_batch() -> None:
    strength = Augmentation(10, 0.1, 2, 10, 1, 0.5, 0.5)
    assert torch.equal(augment(images(), strength, seeded(7)), augment(images(), strength, seeded(7)))
    assert not torch.equal(augment(images(), strength, seeded(7)), augment(images(), strength, seeded(8)))


def test_shift_moves_by_at_most_its_pixels() -> None:
    moved = centre_of_mass(augment(images(), Augmentation(shift=3.0), seeded())) - centre_of_mass(images())
    assert 1.5 < moved.abs().max() <= 3.05


def test_rotation_keeps_shape_and_size() -> None:
    # A turn keeps the spread around the centre, whatever its angle; a wrong matrix would shear or scale.
    def spread(batch: Tensor) -> Tensor:
        places = torch.arange(28.0)
        mass, centre = batch.sum(dim=(1, 2, 3)), centre_of_mass(batch)
        x = (batch * (places - centre[:, :1, None, None]) ** 2).sum((1, 2, 3))
        y = (batch * (places[:, None] - centre[:, 1:, None, None]) ** 2).sum((1, 2, 3))
        return (x + y) / mass

    turned = augment(images(), Augmentation(rotation=40.0), seeded())
    assert torch.allclose(spread(turned), spread(images()), rtol=0.06)


def test_stroke_width_goes_both_ways() -> None:
    ink = augment(images(), Augmentation(stroke_width=2.0), seeded()).sum((1, 2, 3)) / images().sum((1, 2, 3))
    assert 0.3 < ink.min() < 0.8
    assert ink.max() > 1.5


def test_stretch_widens_but_keeps_the_ink_inside() -> None:
    zero = torch.from_numpy(255 - draw("0", size=28, box=(5, 4, 18), pen=2.5)).float().repeat(8, 1, 1, 1) / 255
    stretched = augment(zero, Augmentation(stretch=1.0), seeded())
    widths = (stretched.amax(dim=(1, 2)) > 0.3).sum(dim=1)
    assert widths.min() >= (zero[0].amax(dim=(0, 1)) > 0.3).sum()
    assert widths.max() > widths.min()
    assert stretched[..., [0, -1]].max() < 0.3


def test_on_paper_are_as_many_as_is_asked_for() -> None:
    many = images().repeat(16, 1, 1, 1)
    same = (augment(many, Augmentation(paper=0.3), seeded()) == many).flatten(1).all(dim=1)
    assert 0.6 < same.float().mean() < 0.8
    moved = augment(many, Augmentation(shift=2.0), seeded())
    both = augment(many, Augmentation(shift=2.0, paper=0.3), seeded())
    assert 0.6 < (both == moved).flatten(1).all(dim=1).float().mean() < 0.8, "after all other changes"


def test_preview_repeats_by_seed_and_shows_what_a_training_would_meet() -> None:
    glyph = (images()[0, 0] * 255).round().byte().numpy()
    strength = Augmentation(rotation=12, shift=1.5, stroke_width=1.0)
    found = preview(glyph, strength, 24, seed=5)
    assert found.shape == (24, 28, 28)
    assert found.dtype == glyph.dtype
    assert (found == preview(glyph, strength, 24, seed=5)).all()
    assert (found != preview(glyph, strength, 24, seed=6)).any()
    assert len({picture.tobytes() for picture in found}) == 24
    met = augment(torch.from_numpy(glyph).float().div(255).expand(24, 1, 28, 28), strength, seeded(5))
    assert (found == (met[:, 0] * 255).round().byte().numpy()).all()


def test_preview_without_strength_is_the_glyph_itself() -> None:
    glyph = (images()[0, 0] * 255).round().byte().numpy()
    assert (preview(glyph, Augmentation(), 3, seed=0) == glyph).all()
