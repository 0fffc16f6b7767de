"""What the documentation says about the code holds."""

import re
from pathlib import Path

import pytest

from core.settings import PROJECT_ROOT

README = PROJECT_ROOT / "README.md"
PAGES = [README, *sorted((PROJECT_ROOT / "docs").glob("*.md"))]
MOST_WORDS = 900


def test_readme_is_short_enough_to_be_read_to_the_end() -> None:
    assert len(README.read_text(encoding="utf-8").split()) <= MOST_WORDS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = {path.partition("::")[0] for path in re.findall(r"`((?:core|pages|tests|docs|models)/[\w./-]*)`", text)}
    assert [path for path in sorted(named) if not (PROJECT_ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)]+)\)", text) if "://" not in target]
    assert [target for target in targets if target and not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_modules_that_a_command_runs_exist(page: Path) -> None:
    modules = set(re.findall(r"python -m ((?:core|tests)[\w.]*)", page.read_text(encoding="utf-8")))
    paths = [PROJECT_ROOT.joinpath(*name.split(".")) for name in modules]
    assert [path for path in paths if not (path.is_dir() or path.with_suffix(".py").is_file())] == []
