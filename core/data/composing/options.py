"""How likely each nuisance of a composed picture is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """How likely each nuisance is, 0 to 1."""

    small: float = 0.2  # the character takes a tenth to four tenths of the picture's side instead of more
    tight: float = 0.12  # it fills the frame, squeezed into it
    neighbours: float = 0.3  # other characters, cut by the frame
    punctuation: float = 0.2  # a dot or a comma behind the character, or some specks
    ruling: float = 0.3  # lines across, down or both, whole or dotted
    field: float = 0.25  # the printed field of a form: a box, a comb, a tray, an answer line, guide dots
    gaps: float = 0.12  # the stroke is broken, faint in parts, or crossed by lines of paper
    surroundings: float = 0.22  # the paper ends within the picture: a note on a table, a dark box on a page, bars
    clean: float = 0.3  # drawn by a program: flat paper, no grain, no shadow
    shadow: float = 0.3  # of each of three kinds of uneven light
    grain: float = 0.6  # noise of the paper and the camera
    blur: float = 0.5  # out of focus or shaken
    coarse: float = 0.25  # fewer pixels than the network sees
    jpeg: float = 0.35  # compressed so that it shows
    binary: float = 0.08  # of two levels
    light_ink: float = 0.3  # light ink on dark paper
