"""Options whose default, bounds and meaning stand in one place, and whose errors are sentences.

A class of options is a pydantic dataclass that derives from `Options`; forms, command lines and messages are made from
the metadata of its fields.
"""

import dataclasses
from typing import Any, Self

from pydantic import ConfigDict, ModelWrapValidatorHandler, ValidationError, ValidationInfo
from pydantic import field_validator as check_field
from pydantic import model_validator as check_model
from pydantic.dataclasses import dataclass

from core.errors import ConfigError

STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)
_KINDS: dict[object, str] = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
_LONGEST = 100  # characters of a value that a message repeats


def option(default: Any, meaning: str, **bounds: Any) -> Any:
    """A field with its help text and its bounds: `ge` (least), `le` (most), and `choices`."""
    return dataclasses.field(default=default, metadata={"help": meaning, **bounds})


@dataclass(frozen=True, config=STRICT)
class Options:
    """The base of all options; a ConfigError where a value is wrong, or there is no such option."""

    @check_field("*")
    @classmethod
    def _check_choice(cls, value: Any, info: ValidationInfo) -> Any:
        choices = fields_of(cls)[str(info.field_name)].metadata.get("choices")
        if choices and not set(value if isinstance(value, tuple) else (value,)) <= set(choices):
            raise ValueError("not one of the choices")
        return value

    @check_model(mode="wrap")
    @classmethod
    def _explain(cls, values: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(values)
        except ValidationError as error:
            if isinstance(values, Options):
                raise  # of another class: where one of several is asked for, the next may be the one
            raise ConfigError(_explanation(error, fields_of(cls))) from error


def fields_of(options: type) -> dict[str, "dataclasses.Field[Any]"]:
    return {field.name: field for field in dataclasses.fields(options)}


def _explanation(error: ValidationError, fields: dict[str, "dataclasses.Field[Any]"]) -> str:
    errors = error.errors(include_url=False)
    if unknown := sorted(name for each in errors if (name := str(each["loc"][0])) not in fields):
        return f"The configuration has unknown options: {', '.join(unknown)}."
    name, value = str(errors[0]["loc"][0]), errors[0]["input"]
    if errors[0]["type"] == "missing":
        return f"The configuration does not say its {name}."
    return f"{name.replace('_', ' ')} must be {demand(fields[name])}, got {shorten(value)}."


def demand(field: "dataclasses.Field[Any]", kinds: dict[object, str] = _KINDS) -> str:
    """What a value must be, in words: "a whole number from 1 to 8"."""
    if "choices" in field.metadata:
        return f"one of {', '.join(field.metadata['choices'])}"
    low, high = (
        None if bound is None else f"{bound:{',' if field.type is int else 'g'}}"
        for bound in map(field.metadata.get, ("ge", "le"))
    )
    bounds = "" if low is None else f" of at least {low}" if high is None else f" from {low} to {high}"
    return f"{kinds[field.type]}{bounds}"


def shorten(value: object) -> str:
    """A value as Python writes it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
