"""The database of the user's samples: its tables, a transaction on it, and in words why it cannot be used.

SQLite by default, any other by its URL (DIGITS_DATABASE_URL). A SQLite file is opened anew for every transaction, and
its tables are made where they are not there: one that was taken away, replaced or mended meanwhile is simply used.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from core.errors import SampleError
from core.settings import Settings

GLYPH_BYTES = 28 * 28
BUSY_SECONDS = 5  # how long to wait for another program that holds a SQLite file

METADATA = sa.MetaData()
SAMPLES = sa.Table(
    "samples",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("created", sa.String(32), nullable=False),
    sa.Column("charset", sa.String(64), nullable=False, index=True),
    sa.Column("label", sa.String(8), nullable=False),
    sa.Column("glyph", sa.LargeBinary(GLYPH_BYTES), nullable=False),
    sa.Column("picture", sa.LargeBinary, nullable=True),
    sa.Column("origin", sa.String(32), nullable=False),
    sa.Column("model", sa.String(64), nullable=False),
    sa.Column("answer", sa.String(8), nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("deleted", sa.Boolean, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False, index=True),
    sa.Column("drawing", sa.BigInteger, nullable=True),  # NULL in what versions without this column stored
    sqlite_autoincrement=True,  # so that no number is given again: a page may still hold that of a deleted sample
)
CHANGES = sa.Table(
    "changes",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("batch", sa.Integer, nullable=False),
    sa.Column("sample", sa.Integer, nullable=False),
    sa.Column("label_before", sa.String(8), nullable=False),
    sa.Column("deleted_before", sa.Boolean, nullable=False),
    sqlite_autoincrement=True,
)

# Two programs may find the same new file at once, and each tries.
_TABLES = [sa.schema.CreateTable(table, if_not_exists=True) for table in METADATA.sorted_tables] + [
    sa.schema.CreateIndex(index, if_not_exists=True)
    for table in METADATA.sorted_tables
    for index in sorted(table.indexes, key=lambda index: str(index.name))
]

_REMEDIES = {
    "locked": "Another program holds it; try again in a moment.",
    "full": "Its disk is full: make room, and try again.",
    "not a database": "The file is damaged or another kind: move it away, or name another one in DIGITS_DATABASE_URL.",
    "malformed": "The file is damaged: put a copy of it in its place, or name another one in DIGITS_DATABASE_URL.",
    "readonly": "The file or its folder is closed to this program: change that, and try again.",
}
_OTHERWISE = "DIGITS_DATABASE_URL says where it is; its disk must have room, and its folder must be writable."


@contextmanager
def begin(settings: Settings, patience: float | None = None, write: bool = False) -> Iterator[sa.Connection]:
    """A transaction: everything in it happens, or nothing. Two that write follow each other.

    For `patience` seconds, or BUSY_SECONDS, it waits for another program that holds a SQLite file. Where a database
    cannot be reached, is locked, full or damaged, a SampleError says what to do.
    """
    try:
        engine = _engine(settings.database_url)
        if engine.dialect.name == "sqlite" and engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        with engine.begin() as connection:
            if engine.dialect.name == "sqlite":
                wait = BUSY_SECONDS if patience is None else patience
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(1000 * wait)}")
                _prepare_file(connection, write, settings.read_only)
            yield connection
    except (SQLAlchemyError, ImportError, OSError) as error:  # ImportError: a driver that is not installed
        reason = _reason(error)
        remedy = next((remedy for word, remedy in _REMEDIES.items() if word in reason), _OTHERWISE)
        raise SampleError(f"The database of your samples cannot be used: {reason}. {remedy}") from error


def _prepare_file(connection: sa.Connection, write: bool, read_only: bool) -> None:
    """Make the tables of a SQLite file where they are missing, or an earlier version made them."""
    outdated = _outdated(connection)
    if outdated and read_only:
        _read_as_it_is(connection)
        return
    try:
        if write or outdated:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        for name in _outdated(connection) if outdated else ():  # another program may have been faster
            _make_anew(connection, METADATA.tables[name])
        for statement in _TABLES:
            connection.execute(statement)
    except OperationalError:
        if write or not outdated:
            raise
        # It cannot be written to, or not now: it is read as it is.
        connection.connection.rollback()
        _read_as_it_is(connection)


def _read_as_it_is(connection: sa.Connection) -> None:
    """Let an earlier version's table be read as one of this version, without a change to the file."""
    connection.exec_driver_sql("CREATE TEMP VIEW samples AS SELECT *, NULL AS drawing FROM main.samples")


def _outdated(connection: sa.Connection) -> list[str]:
    """The tables that versions made which gave numbers again, and had fewer columns."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%AUTOINCREMENT%'"
    return [name for (name,) in connection.exec_driver_sql(query) if name in METADATA.tables]


def _make_anew(connection: sa.Connection, table: sa.Table) -> None:
    """Move the rows of an earlier version's table into one of this version."""
    former = f"former_{table.name}"
    columns = ", ".join(column["name"] for column in sa.inspect(connection).get_columns(table.name))
    connection.exec_driver_sql(f"ALTER TABLE {table.name} RENAME TO {former}")
    connection.execute(sa.schema.CreateTable(table))
    connection.exec_driver_sql(f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {former}")
    connection.exec_driver_sql(f"DROP TABLE {former}")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.strerror}: {error.filename}"
    return str(getattr(error, "orig", None) or error).rstrip(".")


@lru_cache(maxsize=4)
def _engine(url: str) -> sa.Engine:
    """The way to a database; one that is no file has its tables made at its first use."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite":
        engine = sa.create_engine(parsed, pool_pre_ping=True)
        METADATA.create_all(engine)
        if "drawing" not in {column["name"] for column in sa.inspect(engine).get_columns(SAMPLES.name)}:
            with engine.begin() as connection:
                connection.exec_driver_sql("ALTER TABLE samples ADD COLUMN drawing BIGINT")
        return engine
    if not parsed.database or parsed.database == ":memory:":
        return sa.create_engine(parsed)  # it lives as long as its one connection
    return sa.create_engine(parsed, poolclass=NullPool)
