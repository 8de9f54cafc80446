"""The house keeps its floors: a file imports from its own folder or from lower floors, and nothing grows too large."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# From the ground up. A place is a folder, or a file that stands straight in `hub/`; the files that stand there on one
# floor count as one folder. docs/house.md says what each is for.
FLOORS = (
    "embeddings",
    "hub.translations hub.problems hub.settings hub.hosts hub.language hub.particles hub.text hub.numbers hub.choices hub.dates hub.keyboard hub.database hub.trouble",
    "hub.web",
    "hub.regions hub.mail",
    "hub.profiles",
    "hub.fields hub.accounts",
    "hub.index",
    "hub.search hub.terms.sheet",
    "hub.suggestions hub.posting hub.terms.rules",
    "hub.intake hub.membership hub.inquiries hub.terms",
    "hub.desk",
    "hub.home hub.dashboard hub.leaving hub.carrying hub.failures hub.migrations",
    "hub.setup",
    "hub hub.measure",
    "hub.serve wsgi",
    "hub.cli",
    "hub.__main__",
)
FLOOR_OF = {place: floor for floor, places in enumerate(FLOORS) for place in places.split()}
LARGEST_FOLDER = 0.15  # of all lines of Python
LONGEST_FILE = 400
LONGEST_FUNCTION = 45


def modules() -> dict[str, Path]:
    """Every file of the project's own Python by the name under which it is imported."""
    files = [*ROOT.glob("hub/**/*.py"), *ROOT.glob("embeddings/**/*.py"), ROOT / "wsgi.py"]
    named = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in files}
    return {name.removesuffix(".__init__"): file for name, file in named.items()}


MODULES = modules()


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def imported(name: str) -> Iterator[str]:
    """The project's own modules that a module names, wherever in it: at the top, in a function, for types alone."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for full in found:
            known = full if full in MODULES else full.rpartition(".")[0]
            if known in MODULES and known != name:
                yield known


def place(name: str) -> str:
    """The folder that a module belongs to, or itself where it stands straight in `hub/`."""
    return max((known for known in FLOOR_OF if f"{name}.".startswith(f"{known}.")), key=len)


def is_file(name: str) -> bool:
    return place(name) == name and MODULES[name].name != "__init__.py"


@pytest.mark.parametrize("name", MODULES)
def test_a_file_imports_from_its_own_folder_or_from_below(name: str) -> None:
    assert name == "hub" or place(name) != "hub", f"{name} has no floor in FLOORS"
    own, floor = place(name), FLOOR_OF[place(name)]
    for other in imported(name):
        below = FLOOR_OF[place(other)] < floor
        beside = FLOOR_OF[place(other)] == floor and is_file(name) and is_file(other)
        assert below or beside or place(other) == own, f"{name} imports {other}, which is not below it"


def test_no_files_import_each_other_in_a_circle() -> None:
    graph = {name: set(imported(name)) for name in MODULES}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def lines(name: str) -> int:
    return len(MODULES[name].read_text(encoding="utf-8").splitlines())


def test_no_folder_and_no_file_is_too_large() -> None:
    assert {name: n for name in MODULES if (n := lines(name)) > LONGEST_FILE} == {}
    total = sum(map(lines, MODULES))
    folders: dict[str, int] = {}
    for name in MODULES:
        folders[place(name)] = folders.get(place(name), 0) + lines(name)
    assert {folder: n for folder, n in folders.items() if n > LARGEST_FOLDER * total} == {}


def test_no_function_is_too_long() -> None:
    found = {}
    for name in MODULES:
        for node in ast.walk(tree(name)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                if node.end_lineno and node.end_lineno - first >= LONGEST_FUNCTION:
                    found[f"{name}:{node.name}"] = node.end_lineno - first + 1
    found = {name: n for name, n in found.items() if ".migrations.versions." not in name}
    assert found == {}


@pytest.mark.parametrize("name", MODULES)
def test_no_name_means_two_things_in_one_file(name: str) -> None:
    """What a file defines or imports is not the name of a parameter or a variable in it."""
    body = tree(name).body
    known = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            known |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    shadowed = {}
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.FunctionDef):
            taken = {one.arg for one in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]}
            taken |= {
                one.id
                for one in ast.walk(node)
                if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
            }
            if taken & known - {"_"}:
                shadowed[node.name] = taken & known
    assert shadowed == {}


@pytest.mark.parametrize("name", MODULES)
def test_rows_stay_inside_the_index(name: str) -> None:
    """Everybody else knows statements by their numbers, through the contract of hub/index/store.py."""
    asked = [node for node in ast.walk(tree(name)) if isinstance(node, ast.Attribute) and node.attr == "rows"]
    reached = {ast.unparse(node) for node in asked if ast.unparse(node.value).endswith(("store", "replica"))}
    reached |= {"hub.index.rows"} & set(imported(name))
    assert not reached or place(name) in {"hub.index", "hub.measure"}, f"{name} reaches {reached}"
