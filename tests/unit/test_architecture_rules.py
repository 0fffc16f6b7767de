"""Who may import whom: the rules of "How the code is laid out", held by walking the imports of every file."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# A layer may import from itself and from those before it; vision, data and model share one layer.
LAYERS = (
    ("core.settings", "core.errors", "core.charsets", "core.files", "core.jobs", "core.spreadsheet", "core.text"),
    ("core.vision", "core.data", "core.model"),
    ("core.reading",),
    ("core.evaluation",),
    ("core.training",),
    ("core.cli", "core.__main__"),
)
# Within the shared layer: who may look at a neighbour.
NEIGHBOURS = {
    "core.vision": set[str](),
    "core.data": {"core.vision"},
    "core.model": {"core.vision"},
}
# Beside the layers: figures with their colours, and the cache of the pages.
BESIDE = ("core.charts", "core.charts.probability_bars", "core.charts.palette", "core.cached")


@cache
def modules() -> dict[str, Path]:
    """Every module of the program by its dotted name."""
    files = [ROOT / "Home.py", *ROOT.glob("pages/**/*.py"), *ROOT.glob("core/**/*.py")]
    return {_name(path): path for path in files if path.is_file()}


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(module: str) -> frozenset[str]:
    """All that the file imports, inside functions too; `from a import b` counts as `a.b` where that is a module."""
    return frozenset(_walk(ast.parse(modules()[module].read_text(encoding="utf-8"))))


def _walk(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports are not used here"
            base = node.module or ""
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield full if full in modules() else base


def under(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def importers(of: str, among: str) -> set[str]:
    """The modules in package `among` that import anything of package `of`."""
    return {name for name in modules() if under(name, among) and any(under(seen, of) for seen in imports(name))}


def layer_of(module: str) -> tuple[int, str] | None:
    for level, packages in enumerate(LAYERS):
        for package in packages:
            if under(module, package):
                return level, package
    return None


def test_walk_sees_every_kind_of_import() -> None:
    source = (
        "import os.path\nfrom core import errors\nfrom core.errors import DataError\ndef f():\n    import torch.nn as n"
    )
    assert set(_walk(ast.parse(source))) == {"os.path", "core.errors", "torch.nn"}


def test_core_is_below_the_pages() -> None:
    assert importers("pages", among="core") == set()
    assert importers("Home", among="core") == set()


def test_components_do_not_import_pages() -> None:
    seen = {target for name in modules() if under(name, "pages.components") for target in imports(name)}
    assert {target for target in seen if under(target, "pages") and not under(target, "pages.components")} == set()


def test_no_page_imports_a_page() -> None:
    pages = {
        name for name in modules() if name == "Home" or (under(name, "pages") and not under(name, "pages.components"))
    }
    assert {(page, target) for page in pages for target in imports(page) if target in pages} == set()


def test_core_imports_streamlit_in_cached_alone() -> None:
    assert importers("streamlit", among="core") <= {"core.cached"}
    assert importers("streamlit_drawable_canvas", among="core") == set()


def test_nothing_in_core_imports_cached() -> None:
    assert importers("core.cached", among="core") == set()


def test_every_module_of_core_has_its_place() -> None:
    assert [name for name in modules() if under(name, "core.") and layer_of(name) is None and name not in BESIDE] == []


def test_core_imports_downwards() -> None:
    wrong = []
    for name in modules():
        for target in imports(name):
            here, there = layer_of(name), layer_of(target)
            if here is None or there is None or here[1] == there[1]:
                continue
            allowed = there[0] < here[0] or there[1] in NEIGHBOURS.get(here[1], set()) or (here[0] == there[0] != 1)
            if not allowed:
                wrong.append(f"{name} imports {target}")
    assert wrong == []


def loaded_by(module: str) -> set[str]:
    """The top-level packages in memory after a fresh process has imported `module`."""
    code = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["core.training.loop", "core.cli.main"])
def test_training_loads_no_streamlit(module: str) -> None:
    assert "streamlit" not in loaded_by(module)


@pytest.mark.parametrize(
    "module",
    [
        "core.settings",
        "core.model.card",
        "core.model.library",
        "core.runs.queue",
        "core.training.warm_start",
        "core.teaching.replay",
        "core.cli.main",
    ],
)
def test_light_modules_load_no_torch(module: str) -> None:
    assert "torch" not in loaded_by(module)
