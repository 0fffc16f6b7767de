import numpy as np

from core.vision.naive import squeeze


def test_dark_ink_becomes_light_and_keeps_its_place() -> None:
    picture = np.full((280, 280), 255, np.uint8)
    picture[10:20, 100:110] = 0
    small = squeeze(picture)
    assert small.shape == (28, 28)
    assert small.dtype == np.uint8
    assert np.argwhere(small == 255).tolist() == [[1, 10]]
    assert small.sum() == 255


def test_nothing_is_cut_out_of_a_wide_colour_picture() -> None:
    picture = np.full((100, 400, 4), 255, np.uint8)
    picture[:, :200, :3] = 0
    small = squeeze(picture)
    assert (small[:, :14] == 255).all()
    assert (small[:, 14:] == 0).all()
