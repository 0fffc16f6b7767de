"""How likely each nuisance of a composed picture is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """How likely each nuisance is, 0 to 1.

    Attributes:
        small: the character takes a tenth to four tenths of the picture's side instead of more.
        tight: it fills the frame, squeezed into it.
        neighbours: other characters, cut by the frame.
        punctuation: a dot or a comma behind the character, or some specks.
        ruling: lines across, down or both, whole or dotted.
        field: the printed field of a form: a box, a comb, a tray, an answer line, guide dots.
        gaps: the stroke is broken, faint in parts, or crossed by lines of paper.
        surroundings: the paper ends within the picture: a note on a table, a dark box on a page, bars.
        clean: drawn by a program: flat paper, no grain, no shadow.
        shadow: of each of three kinds of uneven light.
        grain: noise of the paper and the camera.
        blur: out of focus or shaken.
        coarse: fewer pixels than the network sees.
        jpeg: compressed so that it shows.
        binary: of two levels.
        light_ink: light ink on dark paper.
    """

    small: float = 0.2
    tight: float = 0.12
    neighbours: float = 0.3
    punctuation: float = 0.2
    ruling: float = 0.3
    field: float = 0.25
    gaps: float = 0.12
    surroundings: float = 0.22
    clean: float = 0.3
    shadow: float = 0.3
    grain: float = 0.6
    blur: float = 0.5
    coarse: float = 0.25
    jpeg: float = 0.35
    binary: float = 0.08
    light_ink: float = 0.3
