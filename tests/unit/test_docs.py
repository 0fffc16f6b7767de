"""README.md and docs/*.md name every setting and option, and only paths, links and modules that exist."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.cli.main import build_parser
from core.options import fields_of
from core.settings import PROJECT_ROOT, Settings, variable

README = PROJECT_ROOT / "README.md"
PAGES = (README, *sorted((PROJECT_ROOT / "docs").glob("*.md")))
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
MOST_WORDS = 900
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


def test_readme_is_short_enough_to_be_read_to_the_end() -> None:
    assert len(README.read_text(encoding="utf-8").split()) <= MOST_WORDS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_paths_links_and_modules_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    paths = re.findall(r"`((?:core|pages|tests|docs|models)/[\w./-]*)`", text)
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    modules = [name.replace(".", "/") for name in re.findall(r"python -m ((?:core|tests)[\w.]*)", text)]
    missing = {path for path in paths if not (PROJECT_ROOT / path).exists()}
    missing |= {link for link in links if link and not (page.parent / link).exists()}
    missing |= {
        name for name in modules if not (PROJECT_ROOT / name).is_dir() and not (PROJECT_ROOT / f"{name}.py").is_file()
    }
    assert missing == set()
