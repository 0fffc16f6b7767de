"""Arrays and data frames -> Plotly figures, in one style and one palette (`core.palette`).

A function here takes data and gives a figure; it asks nobody and computes nothing but places and colours. Every figure
has titles with units on its axes. Fonts, grid and background come from the page's theme, light or dark.
"""

from core.charts.confusion_matrix import NUMBERED_CLASSES, confusion
from core.charts.data import class_boxes, class_counts, pixel_histogram, pixels
from core.charts.figure import to_html
from core.charts.image_map import MAP_HEIGHT, image_map
from core.charts.rankings import precision_recall, roc
from core.charts.training import laid_over, learning_curve, learning_rate, training_loss
from core.charts.trust import confidence_histogram, coverage, reliability

__all__ = [
    "MAP_HEIGHT",
    "NUMBERED_CLASSES",
    "class_boxes",
    "class_counts",
    "confidence_histogram",
    "confusion",
    "coverage",
    "image_map",
    "laid_over",
    "learning_curve",
    "learning_rate",
    "pixel_histogram",
    "pixels",
    "precision_recall",
    "reliability",
    "roc",
    "to_html",
    "training_loss",
]
