"""What is seen on a picture of a sheet before it is decided what it is: its view, its ink and its ruled lines."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.sheets.ink import Grey, Mask, dotted_rules, find_ink
from core.sheets.outline import find_outline
from core.sheets.ruling import Line, level_lines
from core.sheets.upright import View, find_view

_RULE = 1 / 200  # of the longer side: what is left out along a ruled line
_FAINT = 0.5  # of the contrast of ink
_ASIDE = 1 / 160  # of the longer side: as far from a line the paper is looked at on its two sides
_STEP = 0.2  # logarithm of how much darker one side may be
_DARKER = 0.15  # and of how much darker than both a rule is, beside which a row may be shaded
_INNER = 0.975  # of a sheet: what is written is not at its very edge
_LEFT = 0.5  # of a line must lie on the sheet
_ON_BOTH = 6  # points of a line on both sides of an outline: the line crosses it
_CROSSING = 0.3  # as many lines as lie on the sheet may cross its supposed outline: more, and it is a shadow's edge


class Page:
    """What was found on a picture before it is decided what it is; all masks are of the upright sheet.

    Attributes:
        grey, ink: uint8 (H, W), the picture, dark on light, and its ink.
        view: from the picture to the upright sheet, on which all that follows lies.
        flat: its ink, where an outline was seen only that within it; `level` and `upright`, its lines.
        everywhere: level lines, upright lines and ink before what lies beside the sheet was left out, if any was.
    """

    def __init__(self, grey: Grey, dotted: Mask | None = None) -> None:
        """`dotted` are rules that are made of dots, where dots are to be taken for rules."""
        self.grey, self._dotted = grey, dotted
        self.ink = self._find_ink()
        self.view: View = find_view(self.ink)
        self.flat: Mask = self.view.warp(self.ink)
        self.level: list[Line] = level_lines(self.flat)
        self.upright: list[Line] = level_lines(np.ascontiguousarray(self.flat.T))
        self.level = [line for line in self.level if not self._is_step(line, upright=False)]
        self.upright = [line for line in self.upright if not self._is_step(line, upright=True)]
        self._faint: Mask | None = None
        self._flat_grey: Grey | None = None
        self._leave_the_desk()

    def with_dotted_rules(self) -> "Page | None":
        """The page once more, dots that stand in a line taken for rules; None where there are no such dots."""
        dotted = dotted_rules(self.ink)
        return Page(self.grey, dotted) if dotted.any() else None

    def _find_ink(self, share: float = 1.0) -> Mask:
        ink = find_ink(self.grey, share)
        return ink if self._dotted is None else np.asarray(cv2.max(ink, self._dotted), np.uint8)

    def _is_step(self, line: Line, upright: bool) -> bool:
        """Whether a line is the edge of a sheet or of a shadow: darker on one side than on the other, and no darker."""
        aside = _ASIDE * max(self.flat.shape)
        before, behind = (self._levels_beside(line, off, upright) for off in (-aside, aside))
        on = np.min([self._levels_beside(line, off, upright) for off in (-1, 0, 1)], axis=0)
        is_darker = float(np.median(np.minimum(before, behind) - on)) > _DARKER
        return float(np.median(np.abs(before - behind))) > _STEP and not is_darker

    def _levels_beside(self, line: Line, off: float, upright: bool) -> NDArray[np.float64]:
        """The logarithms of the picture's levels so many pixels beside a line; of black beyond the picture."""
        points = np.stack([line.at + off, line.along] if upright else [line.along, line.at + off], axis=1)
        x, y = np.rint(self.view.back(points)).astype(int).T
        inside = (x >= 0) & (y >= 0) & (x < self.grey.shape[1]) & (y < self.grey.shape[0])
        return np.asarray(np.log(np.where(inside, self.grey[y * inside, x * inside], 0).astype(np.float64) + 8))

    def _leave_the_desk(self) -> None:
        """Forget what lies beside the sheet, where its outline is seen."""
        corners = find_outline(self.grey)
        self._inner = np.full_like(self.flat, 255)
        self.everywhere: tuple[list[Line], list[Line], Mask] | None = None
        if corners is None:
            return
        moved = cv2.perspectiveTransform(corners[None], self.view.matrix)[0]
        middle = moved.mean(axis=0)
        sheet = np.zeros_like(self.flat)
        cv2.fillConvexPoly(sheet, np.rint(middle + (moved - middle) * 0.99).astype(np.int32), 255)
        level = [_on(line, sheet, upright=False) for line in self.level]
        upright = [_on(line, sheet, upright=True) for line in self.upright]
        points = np.array([[on.sum(), len(on) - on.sum()] for on in (*level, *upright)]).reshape(-1, 2)
        crossing = int((points.min(axis=1) >= _ON_BOTH).sum())
        if crossing > _CROSSING * int((points[:, 1] < _ON_BOTH).sum()) + 2:
            return
        self.everywhere = self.level, self.upright, self.flat
        self._inner[:] = 0
        cv2.fillConvexPoly(self._inner, np.rint(middle + (moved - middle) * _INNER).astype(np.int32), 255)
        self.level = [_part(line, on) for line, on in zip(self.level, level, strict=True) if on.mean() > _LEFT]
        self.upright = [_part(line, on) for line, on in zip(self.upright, upright, strict=True) if on.mean() > _LEFT]
        self.flat = np.asarray(cv2.min(self.flat, sheet), np.uint8)

    def faint(self) -> Mask:
        """The ink of the upright sheet with what is hardly visible."""
        if self._faint is None:
            self._faint = self.view.warp(self._find_ink(_FAINT))
        return self._faint

    def flat_grey(self) -> Grey:
        """The upright sheet itself."""
        if self._flat_grey is None:
            self._flat_grey = self.view.warp_grey(self.grey)
        return self._flat_grey

    def writing(self, everywhere: bool = False) -> Mask:
        """The ink without ruled lines and without the sheet's edge; or with what lies beside it."""
        level, upright, flat = self.level, self.upright, cv2.min(self.flat, self._inner)
        if everywhere and self.everywhere is not None:
            level, upright, flat = self.everywhere
        rules = np.zeros_like(self.flat)
        thick = max(5, round(_RULE * max(self.flat.shape)))
        for lines, is_upright in ((level, False), (upright, True)):
            for line in lines:
                points = np.stack([line.at, line.along] if is_upright else [line.along, line.at], axis=1)
                cv2.polylines(rules, [np.rint(points).astype(np.int32)], False, 255, thick)
        return np.asarray(cv2.subtract(flat, rules), np.uint8)


def _on(line: Line, sheet: Mask, upright: bool) -> NDArray[np.bool_]:
    """Which points of a line lie on the sheet."""
    x, y = (line.at, line.along) if upright else (line.along, line.at)
    columns = np.clip(np.rint(x), 0, sheet.shape[1] - 1).astype(int)
    rows = np.clip(np.rint(y), 0, sheet.shape[0] - 1).astype(int)
    return np.asarray(sheet[rows, columns] > 0)


def _part(line: Line, on: NDArray[np.bool_]) -> Line:
    return Line(line.along[on], line.at[on])


def moved(line: Line, view: View) -> Line:
    """A level line in a further view of the upright sheet."""
    points = np.stack([line.along, line.at], axis=1)
    x, y = cv2.perspectiveTransform(points[None], view.matrix)[0].T
    return Line(np.asarray(x, np.float64), np.asarray(y, np.float64))
