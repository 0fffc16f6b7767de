"""Light, grain, and what is kept of a picture."""

import numpy as np

from core.data.lines.camera import grain, light, record

SHAPE = (80, 300)


def test_light_and_grain_are_within_bounds() -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        level, noise = light(SHAPE, rng), grain(SHAPE, rng)
        assert level.shape == noise.shape == SHAPE
        assert level.dtype == noise.dtype == np.float32
        assert 0.2 <= level.min() <= level.max() <= np.float32(1.2)
        assert abs(noise.mean()) < 0.02
        assert noise.std() < 0.06


def test_light_is_uneven_but_smooth() -> None:
    levels = [light(SHAPE, np.random.default_rng(seed)) for seed in range(60)]
    assert np.mean([np.ptp(level) > 0.1 for level in levels]) > 0.5
    assert np.mean([np.abs(np.diff(level, axis=1)).max() < 0.05 for level in levels]) > 0.85


def test_pictures_are_kept_as_grey_of_the_same_shape_or_smaller() -> None:
    picture = np.full(SHAPE, 0.8, np.float32)
    picture[20:60, 100:110] = 0.1
    kept = [record(picture, seed % 2 == 0, 0.0, np.random.default_rng(seed)) for seed in range(200)]
    for grey in kept:
        assert grey.dtype == np.uint8
        assert 0.19 <= grey.shape[0] / SHAPE[0] <= 1
        assert abs(grey.shape[1] / grey.shape[0] - SHAPE[1] / SHAPE[0]) < 0.2
        assert np.ptp(grey) > 80
    assert 0.05 < np.mean([np.median(grey) < 128 for grey in kept]) < 0.2, "some are light on dark"
    assert 0.02 < np.mean([len(np.unique(grey)) == 2 for grey in kept]) < 0.12, "some have two levels"
    assert picture.max() < 0.81, "the picture given is left as it is"


def test_none_is_made_smaller_than_can_be_read() -> None:
    picture = np.full(SHAPE, 0.8, np.float32)
    kept = [record(picture, True, 0.6, np.random.default_rng(seed)) for seed in range(60)]
    assert min(len(grey) for grey in kept) == round(0.6 * SHAPE[0])
