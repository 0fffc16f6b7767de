"""Samples of one's own for tests."""

from core.data.datasets import load
from core.samples import edits
from core.samples.store import Sample, is_test
from core.settings import Settings


def add_samples(settings: Settings, count: int, for_testing: bool) -> None:
    """Store some digits, all of which are for testing with, or none."""
    digits = load("uci-digits", "train", settings)
    samples = [Sample(image, str(label)) for image, label in zip(digits.images, digits.labels, strict=True)]
    edits.add([sample for sample in samples if is_test(sample) == for_testing][:count], settings)
