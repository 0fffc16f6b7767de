"""Templates in the database, by name.

Functions raise ReadOnly where nothing may be changed, SheetError where a template is not there or not sound, and
SampleError where the database cannot be used.
"""

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from core.errors import SheetError
from core.options import STRICT
from core.settings import Settings, check_writable
from core.sheets.checks.plan import Plan
from core.sheets.database import TEMPLATES, begin_reading, begin_writing
from core.sheets.sheet import LONGEST_LINE, explain
from core.sheets.store import now
from core.sheets.stored_form import StoredLayout, pack_layout, unpack_layout
from core.sheets.templates import Template

LONGEST_NAME = 80  # characters
MOST_TEMPLATES = 500


@dataclass(frozen=True, config=STRICT)
class _Stored:
    layout: StoredLayout
    plan: Plan


_STORED = TypeAdapter(_Stored)


def save(template: Template, settings: Settings, replace: bool = False) -> None:
    """Store a template; where there is one of that name already, a SheetError unless it is to be replaced."""
    check_writable(settings, "kept")
    name, content = _checked_name(template.name), _pack(template)
    with begin_writing(settings) as connection:
        names = set(connection.execute(sa.select(TEMPLATES.c.name)).scalars())
        if name in names and not replace:
            raise SheetError(f"There is a template {name} already. Choose another name, or replace it.")
        if name not in names and len(names) >= MOST_TEMPLATES:
            raise SheetError(f"There are {len(names):,} templates, and no more are kept. Delete some first.")
        connection.execute(TEMPLATES.delete().where(TEMPLATES.c.name == name))
        connection.execute(TEMPLATES.insert().values(name=name, created=now(), content=content))


def names(settings: Settings) -> list[str]:
    """The names of all templates, in the order of the alphabet."""
    with begin_reading(settings) as connection:
        if connection is None:
            return []
        return sorted(connection.execute(sa.select(TEMPLATES.c.name)).scalars(), key=str.casefold)


def load(name: str, settings: Settings) -> Template:
    with begin_reading(settings) as connection:
        query = sa.select(TEMPLATES.c.content).where(TEMPLATES.c.name == name)
        content = connection.execute(query).scalar() if connection is not None else None
    if content is None:
        raise SheetError(f"There is no template {name}; there are: {', '.join(names(settings)) or 'none yet'}.")
    return _unpack(name, content)


def load_all(settings: Settings) -> list[Template]:
    """All templates, as `find_template` takes them."""
    with begin_reading(settings) as connection:
        if connection is None:
            return []
        rows = connection.execute(sa.select(TEMPLATES.c.name, TEMPLATES.c.content).order_by(TEMPLATES.c.name)).all()
    return [_unpack(name, content) for name, content in rows]


def delete(name: str, settings: Settings) -> None:
    """Delete a template for good; sheets that it was laid over keep their names and checks."""
    check_writable(settings, "deleted")
    with begin_writing(settings) as connection:
        gone = connection.execute(TEMPLATES.delete().where(TEMPLATES.c.name == name))
        if not gone.rowcount:
            raise SheetError(f"There is no template {name}: it may have been deleted in another window.")


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise SheetError(f"A template's name has 1 to {LONGEST_NAME} characters in one line.")
    return name


def _pack(template: Template) -> str:
    content = _STORED.dump_json(_Stored(pack_layout(template.layout), template.plan)).decode()
    if len(content) > LONGEST_LINE:
        raise SheetError(f"This template takes {len(content):,} characters; at most {LONGEST_LINE:,} are stored.")
    return content


def _unpack(name: str, content: str) -> Template:
    try:
        stored = _STORED.validate_json(content)
    except ValidationError as error:
        raise SheetError(explain(error, "template")) from error
    return Template(name, unpack_layout(stored.layout), stored.plan)
