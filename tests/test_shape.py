"""The shape of the project: who may import whom, and how large things may grow."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "drivers": {"drivers"},
    "content": {"content"},
    "agent": {"agent", "drivers", "content"},
    "simulator": {"simulator", "agent", "drivers", "content"},
}
NOT_ON_THE_DEVICE = {"scipy", "obspy", "pandas", "matplotlib", "aiohttp", "fontTools"}
MOST_LINES, MOST_FUNCTION_LINES = 300, 40
MODULES = [path for package in MAY_IMPORT for path in sorted((ROOT / package).rglob("*.py"))]


def imports(tree: ast.AST) -> set[str]:
    """The packages a module imports, by their first names."""
    nodes = list(ast.walk(tree))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return {
        name.split(".")[0]
        for name in plain + [str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)]
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_keeps_the_shape(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    package = path.relative_to(ROOT).parts[0]
    used = imports(tree)
    assert used & MAY_IMPORT.keys() <= MAY_IMPORT[package], "imports run one way"
    assert package == "simulator" or not used & NOT_ON_THE_DEVICE, "too heavy for the device"
    assert text.count("\n") <= MOST_LINES, "its pure half wants to move out"
    long = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES
    ]
    assert not long, "too long"
    assert ast.get_docstring(tree), "one sentence says what it is for"


def test_only_two_places_build_a_board() -> None:
    builders = [path for path in MODULES if "Board(\n" in path.read_text(encoding="utf-8")]
    assert [str(path.relative_to(ROOT)) for path in builders] == ["agent/wiring.py", "simulator/world.py"]
