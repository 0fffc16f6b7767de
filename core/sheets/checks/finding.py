"""What a check has to say about a field. It changes nothing: `core.sheets.edits` does, when somebody agrees."""

from dataclasses import dataclass
from typing import Literal

from core.sheets.sheet import Place, ReadField

Outcome = Literal["suggestion", "mismatch", "support"]


@dataclass(frozen=True)
class Finding:
    """One thing to look at, or one doubt less.

    `outcome` is "suggestion" where another reading of the field fits (`suggested`), "mismatch" where something does not
    add up and no reading repairs it, "support" where only the reading itself fits, though it is unsure. `sentence` says
    so in words, and `share` how likely the suggestion is among all explanations, 0 to 1.
    """

    row: int
    column: int
    outcome: Outcome
    suggested: str | None
    sentence: str
    share: float = 0.0

    @property
    def place(self) -> Place:
        return self.row, self.column


def suggest(field: ReadField, text: str, sentence: str, share: float) -> Finding:
    return Finding(*field.place, "suggestion", text, sentence, share)


def mismatch(field: ReadField, sentence: str) -> Finding:
    return Finding(*field.place, "mismatch", None, sentence)


def support(field: ReadField, sentence: str) -> Finding:
    return Finding(*field.place, "support", None, sentence)
