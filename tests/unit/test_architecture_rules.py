"""The rules of the house that import-linter cannot hold; its contracts stand in pyproject.toml."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# What the pages look at every second, what a page opens with, and what a command starts with.
LIGHT_MODULES = (
    "core.settings",
    "core.charsets",
    "core.data.register",
    "core.model.card",
    "core.model.library",
    "core.training.config",
    "core.training.warm_start",
    "core.runs.folder",
    "core.runs.queue",
    "core.runs.reader",
    "core.runs.estimate",
    "core.runs.tensorboard",
    "core.teaching.summary",
    "core.cli.main",
)


def test_light_modules_load_no_torch() -> None:
    program = (
        "import importlib, sys\n"
        f"for name in {LIGHT_MODULES}:\n"
        "    importlib.import_module(name)\n"
        "    if 'torch' in sys.modules: sys.exit(f'{name} loads torch')"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_home_imports_no_page() -> None:
    """Home.py belongs to no package, so that the linter does not see it."""
    tree = ast.parse((ROOT / "Home.py").read_text(encoding="utf-8"))
    modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert [name for name in modules if name.startswith("pages") and not name.startswith("pages.components")] == []
