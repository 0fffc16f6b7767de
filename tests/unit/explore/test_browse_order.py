import numpy as np

from core.explore.browse_order import browse_order

LABELS = np.array([3, 1, 3, 0, 1, 3, 2] * 5)


def test_in_order() -> None:
    assert browse_order(LABELS, None, None).tolist() == list(range(35))
    assert browse_order(LABELS, np.array([0, 2]), None).tolist() == [3, 6, 10, 13, 17, 20, 24, 27, 31, 34]


def test_the_same_seed_gives_the_same_order_and_another_one_another() -> None:
    first = browse_order(LABELS, None, 7)
    assert sorted(first) == list(range(35))
    assert first.tolist() == browse_order(LABELS, None, 7).tolist() != browse_order(LABELS, None, 8).tolist()


def test_a_class_keeps_its_part_of_the_order() -> None:
    everything = browse_order(LABELS, None, 7)
    assert browse_order(LABELS, np.array([3]), 7).tolist() == [place for place in everything if LABELS[place] == 3]


def test_classes_without_images() -> None:
    assert browse_order(LABELS, np.array([9]), None).tolist() == []
    assert browse_order(LABELS, np.array([9]), 1).tolist() == []
