import cv2
import numpy as np

from core.sheets.crops import crop_field
from core.sheets.ink import find_ink
from core.sheets.layout import Field


def test_thin_strokes_of_a_large_field_do_not_depend_on_which_pixels_are_taken() -> None:
    """A field of 800 pixels is cut out at 160: every fifth pixel alone would show some strokes and miss others."""
    grey = np.full((1000, 1800), 240, np.uint8)
    for number in range(30):
        left = 137 + 52 * number
        grey[300:700, left : left + 2] = 40
    corners = np.array([[100, 100], [1700, 100], [1700, 900], [100, 900]], np.float32)
    crop = crop_field(grey, find_ink(grey), Field(0, 0, corners))
    middle = crop.field[crop.field.shape[0] // 2].astype(int)
    strokes = np.array([240 - middle[round(16 + (37 + 52 * n) / 5) - 3 :][:7].min() for n in range(30)])
    ink = np.array([(240 - middle[round(16 + (37 + 52 * n) / 5) - 4 :][:9]).sum() for n in range(30)])
    assert strokes.min() > 35
    assert np.allclose(ink, np.median(ink), rtol=0.25)


def test_what_is_cut_out_lies_where_the_field_does_at_every_size() -> None:
    for side in (60, 150, 190, 420, 900):
        grey = np.full((side * 2, side * 3), 240, np.uint8)
        corners = np.array([[0.5, 0.5], [2.5, 0.5], [2.5, 1.5], [0.5, 1.5]], np.float32) * side
        thick = max(2, side // 20)
        cv2.line(grey, (round(0.9 * side), round(0.8 * side)), (round(2.1 * side), round(1.2 * side)), 30, thick)
        crop = crop_field(grey, find_ink(grey), Field(0, 0, corners))
        tall = crop.field.shape[0] / 1.2
        rows, columns = np.nonzero(crop.ink)
        assert np.allclose(
            [columns.min() / tall - 0.1, columns.max() / tall - 0.1, rows.min() / tall - 0.1],
            [0.4, 1.6, 0.3],
            atol=0.07,
        )
