"""Pieces of ink: how near they can be moved, and several of them as one."""

import numpy as np
import pytest

from core.data.lines.pieces import Piece, clearance, join

BLOCK = np.full((40, 10), 255, np.uint8)


def seven() -> Piece:
    """A bar above and a stem at its left end."""
    mask = np.zeros((40, 30), np.uint8)
    mask[:5] = mask[:, :5] = 255
    return Piece(mask, 0.0, 0.0)


def test_pieces_on_the_same_rows_meet_at_their_edges() -> None:
    assert clearance(Piece(BLOCK, 0.0, 0.0), Piece(BLOCK, 0.0, 0.0), 40) == 10


def test_pieces_on_rows_of_their_own_do_not_overlap() -> None:
    high = Piece(BLOCK, 0.0, -100.0)
    assert clearance(high, Piece(BLOCK, 0.0, 0.0), 40) == 10


def test_a_point_is_moved_under_a_bar_but_not_to_the_stem() -> None:
    point = Piece(np.full((4, 4), 255, np.uint8), 0.0, 0.0)
    assert clearance(seven(), point, 40) == pytest.approx(30 - 0.25 * 40 - 0.3 * 4)
    assert clearance(seven(), point, 120) == 5, "as far as the stem where a digit's height allows it"


def test_faint_ink_is_in_nobodys_way() -> None:
    faint = np.concatenate([BLOCK, np.full((40, 6), 60, np.uint8)], axis=1)
    assert clearance(Piece(faint, 0.0, 0.0), Piece(BLOCK, 0.0, 0.0), 40) == 10


def test_joined_pieces_keep_their_places() -> None:
    joined = join([Piece(BLOCK, 5.0, 0.0), Piece(BLOCK // 2, 25.0, 10.0)])
    rows, columns = np.nonzero(joined.mask)
    assert (rows.min(), rows.max() + 1) == (0, 50)
    assert (columns.min(), columns.max() + 1) == (0, 30)
    assert joined.mask[45, 25] == 127
    assert joined.top == -40
    assert joined.bottom == pytest.approx(10, abs=2)


def test_the_darker_ink_wins_where_pieces_overlap() -> None:
    joined = join([Piece(BLOCK, 0.0, 0.0), Piece(BLOCK // 2, 0.0, 0.0)])
    assert joined.mask.max() == 255
    assert joined.mask[20, 5] == 255
