"""The tables of sheets and templates: in the same database as the samples, and made with the first thing that is kept.

A database of an earlier version has none of them: it is read as one without sheets, and gets them at the first change.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from core.samples import database
from core.samples.store import exist
from core.settings import Settings
from core.sheets.sheet import LONGEST_LINE, LONGEST_TEXT

LARGEST_PICTURE = 20_000_000  # bytes of a page

METADATA = sa.MetaData()
SHEETS = sa.Table(
    "sheets",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("created", sa.String(32), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),  # rises when the grid or the plan is corrected
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("fields", sa.Integer, nullable=False),
    sa.Column("content", sa.Text(LONGEST_LINE), nullable=False),
    sa.Column("plan", sa.Text(LONGEST_LINE), nullable=False),
    sa.Column("picture", sa.LargeBinary(LARGEST_PICTURE), nullable=True),
    sa.Column("deleted", sa.Boolean, nullable=False),
    sqlite_autoincrement=True,  # so that no number is given again: a window may still show a deleted sheet
)
EDITS = sa.Table(
    "sheet_edits",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sheet", sa.Integer, nullable=False, index=True),
    sa.Column("batch", sa.Integer, nullable=False),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("column", sa.Integer, nullable=False),
    sa.Column("text", sa.String(LONGEST_TEXT), nullable=False),
    sa.Column("source", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("when", sa.String(32), nullable=False),
    sa.Column("undone", sa.String(32), nullable=False),
    sqlite_autoincrement=True,
)
TEMPLATES = sa.Table(
    "sheet_templates",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("created", sa.String(32), nullable=False),
    sa.Column("name", sa.String(100), nullable=False, unique=True),
    sa.Column("content", sa.Text(LONGEST_LINE), nullable=False),
    sqlite_autoincrement=True,
)


@contextmanager
def begin_writing(settings: Settings) -> Iterator[sa.Connection]:
    """A transaction that changes sheets; errors as `core.samples.database.begin` has them."""
    with database.begin(settings, write=True) as connection:
        METADATA.create_all(connection)
        yield connection


@contextmanager
def begin_reading(settings: Settings) -> Iterator[sa.Connection | None]:
    """A transaction that reads sheets; None where nothing was ever kept. Looking makes no database."""
    if not exist(settings):
        yield None
        return
    with database.begin(settings) as connection:
        kept = set(sa.inspect(connection).get_table_names())
        yield connection if METADATA.tables.keys() <= kept else None
