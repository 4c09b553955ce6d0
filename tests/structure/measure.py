"""What the source of a checkout shows: file sizes, class names, and which modules import which.

A folder's rooms are the modules and packages directly inside it. An arrow leads from one room to another room that it
imports. A circle is a group of modules that import each other.
"""

import ast
import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).parents[2]

# Runs in its own process: the graph is built from a package that can be imported, and only one can have the name.
_READ_IMPORTS = """
import json, grimp
graph = grimp.build_graph("router", cache_dir=None)
print(json.dumps({m: sorted(graph.find_modules_directly_imported_by(m)) for m in sorted(graph.modules)}))
"""


@dataclass(frozen=True, slots=True)
class File:
    """A source file: its path below the checkout, and its length in lines."""

    path: str
    lines: int


@dataclass(frozen=True, slots=True)
class Folder:
    """A package: its number of rooms, the arrows between them, and the circles that these make."""

    name: str
    rooms: int
    arrows: int
    circles: int


@dataclass(frozen=True, slots=True)
class Structure:
    """All the measurements of a checkout.

    Attributes:
        repeated_classes: each class name that is in more than one module, with the modules' paths.
        circles: the number of groups of modules that import each other.
    """

    python: list[File]
    lua: list[File]
    repeated_classes: dict[str, list[str]]
    circles: int
    folders: list[Folder]

    @property
    def median(self) -> int:
        """The number of lines of the median Python file."""
        return round(median(file.lines for file in self.python))

    @property
    def largest(self) -> File:
        """The longest Python file."""
        return max(self.python, key=lambda file: file.lines)

    @property
    def largest_lua(self) -> File:
        """The longest Lua file."""
        return max(self.lua, key=lambda file: file.lines)


def measure_structure(tree: Path) -> Structure:
    """Measure a checkout.

    Raises:
        CalledProcessError: its imports cannot be read.
    """
    imports = _imports_of(tree)
    return Structure(
        python=_files(tree, "*.py"),
        lua=_files(tree, "*.lua"),
        repeated_classes=_repeated_classes(tree),
        circles=count_circles(imports),
        folders=_folders(imports),
    )


def _files(tree: Path, pattern: str) -> list[File]:
    paths = sorted((tree / "router").rglob(pattern))
    return [File(str(path.relative_to(tree)), len(path.read_text().splitlines())) for path in paths]


def _repeated_classes(tree: Path) -> dict[str, list[str]]:
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted((tree / "router").rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(tree)))
    return {name: found for name, found in sorted(places.items()) if len(found) > 1}


def _imports_of(tree: Path) -> dict[str, list[str]]:
    command = [sys.executable, "-c", _READ_IMPORTS]
    done = subprocess.run(command, env={"PYTHONPATH": str(tree)}, cwd=tree, check=True, capture_output=True, text=True)
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def count_circles(imports: dict[str, list[str]]) -> int:
    """Count the groups of names that lead to each other (strongly connected, after Tarjan 1972)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    circles = 0

    def visit(name: str) -> None:
        nonlocal circles
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in imports[name]:
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            at = stack.index(name)
            circles += len(stack) - at > 1
            del stack[at:]

    for name in sorted(imports):
        if name not in index:
            visit(name)
    return circles


def _folders(imports: dict[str, list[str]]) -> list[Folder]:
    packages = sorted({name.rpartition(".")[0] for name in imports} - {""})
    return [_folder(package, imports) for package in packages]


def _folder(package: str, imports: dict[str, list[str]]) -> Folder:
    def room_of(module: str) -> str | None:
        return module[len(package) + 1 :].partition(".")[0] if module.startswith(f"{package}.") else None

    arrows: dict[str, set[str]] = defaultdict(set)
    rooms = {room for module in imports if (room := room_of(module))}
    for module, others in imports.items():
        room = room_of(module)
        if room:
            arrows[room] |= {other for name in others if (other := room_of(name)) and other != room}
    graph = {room: sorted(arrows[room]) for room in rooms}
    return Folder(package.replace(".", "/"), len(rooms), sum(map(len, graph.values())), count_circles(graph))
