"""README.md and docs/*.md name every setting and every option of the command line, and no other settings."""

import argparse
import re
from collections.abc import Iterator

import pytest

from core.cli.main import build_parser
from core.options import fields_of
from core.settings import PROJECT_ROOT, Settings, variable

PAGES = (PROJECT_ROOT / "README.md", *sorted((PROJECT_ROOT / "docs").glob("*.md")))
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
OF_TESTS = {"DIGITS_CHROMIUM", "DIGITS_REQUIRE_BROWSER"}
SETTINGS = {variable(name) for name in fields_of(Settings)}


def options(parser: argparse.ArgumentParser, command: str = "") -> Iterator[str]:
    """ "train --seed", say, for every option; a negated one is documented with its plain form."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                yield f"{command} {name}".strip()
                yield from options(child, f"{command} {name}".strip())
        elif action.option_strings and action.dest != "help":
            yield f"{command} {action.option_strings[0]}"


def test_every_setting_is_documented_and_none_that_is_not_there() -> None:
    assert set(re.findall(r"DIGITS_[A-Z_]*[A-Z]", TEXT)) - OF_TESTS == SETTINGS


@pytest.mark.parametrize("option", list(options(build_parser())))
def test_every_command_and_option_is_documented(option: str) -> None:
    assert re.search(rf"(?<![\w-]){re.escape(option.split()[-1])}(?![\w-])", TEXT), option
