"""The pages of one file among the sheets: a PDF of ten pages is ten sheets that belong together."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.sheets.store import Listing


@dataclass(frozen=True)
class File:
    """The sheets of a file in the order of its pages."""

    pages: tuple[Listing, ...]

    @property
    def path(self) -> str:
        return self.pages[0].path

    @property
    def fields(self) -> int:
        return sum(page.fields for page in self.pages)

    @property
    def created(self) -> str:
        return self.pages[0].created

    @property
    def numbers(self) -> list[int]:
        return [page.id for page in self.pages]


def by_file(sheets: Sequence[Listing]) -> list[File]:
    """Sheets put together by file, the last file first.

    The pages of a file are kept one after the other: where a page's number does not rise, another file of the same name
    begins.
    """
    files: list[list[Listing]] = []
    for held in (True, False):  # in a session sheets are numbered downwards
        mine = sorted((sheet for sheet in sheets if (sheet.id < 0) == held), key=lambda sheet: abs(sheet.id))
        for sheet in mine:
            last = files[-1][-1] if files else None
            follows = last and (last.id < 0) == held and last.path == sheet.path and last.page < sheet.page
            if follows:
                files[-1].append(sheet)
            else:
                files.append([sheet])
    order = sorted(files, key=lambda pages: (pages[0].id < 0, abs(pages[0].id)), reverse=True)
    return [File(tuple(pages)) for pages in order]


def file_of(number: int, sheets: Sequence[Listing]) -> File | None:
    """The file that a sheet is a page of."""
    return next((file for file in by_file(sheets) if number in file.numbers), None)
