"""The mutants of a module: what cosmic-ray makes of it, and each of its statements replaced by `pass`."""

import ast
import functools
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

ROOT = Path(__file__).resolve().parents[3]
CORE = ROOT / "firmware" / "cushion" / "core"
SETTINGS = tomllib.loads((Path(__file__).parent / "mutants.toml").read_text())
EQUIVALENT = tomllib.loads((Path(__file__).parent / "equivalent.toml").read_text())
DELETION = "deleted statement"


@dataclass(frozen=True)
class Mutant:
    """One fault in ``module``, on ``line``; the function around it begins on the line ``function``, 0 for the module
    itself. Its name is the same in each run, as long as the module is the same."""

    module: str
    operator: str
    number: int
    line: int
    function: int

    @property
    def name(self) -> str:
        """For a file of results."""
        return f"{self.module}:{self.operator}:{self.number}"

    @functools.cached_property
    def source(self) -> str:
        """The whole mutated module."""
        source = source_of(self.module)
        if self.operator == DELETION:
            return _without(source, _statements(source)[self.number])
        mutated = mutate_code(source, plugins.get_operator(self.operator)(), self.number)
        assert mutated is not None
        return str(mutated)

    @functools.cached_property
    def change(self) -> tuple[str, str]:
        """The first line that differs, as it was and as it is."""
        before, after = source_of(self.module).splitlines(), self.source.splitlines()
        first = next((n for n, (was, now) in enumerate(zip(before, after, strict=False)) if was != now), 0)
        return before[first].strip(), after[first].strip()

    @property
    def why_equivalent(self) -> str | None:
        """The reason why no test can tell it from the original, where one is known."""
        for entry in EQUIVALENT.get(self.module, []):
            if self.change in [(entry["was"], now) for now in entry["now"]]:
                return str(entry["why"])
        return None

    def __str__(self) -> str:
        return f"{self.module}.py:{self.line}  {self.change[0]}  ->  {self.change[1]}"


@functools.cache
def source_of(module: str) -> str:
    """The source of a module of the core."""
    return (CORE / f"{module}.py").read_text()


def modules() -> list[str]:
    """All modules of the core that hold more than names."""
    return sorted(path.stem for path in CORE.glob("*.py") if path.stem not in SETTINGS["without_mutants"])


@functools.cache
def mutants_of(module: str) -> tuple[Mutant, ...]:
    """What cosmic-ray makes of a module."""
    return tuple(_made_by_cosmic_ray(module))


@functools.cache
def deletions_of(module: str) -> tuple[Mutant, ...]:
    """Each statement in a function of the module replaced by `pass`."""
    found = enumerate(_statements(source_of(module)))
    return tuple(Mutant(module, DELETION, n, node.lineno, _function_at(module, node.lineno)) for n, node in found)


def sample(mutants: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """So many of them, the same ones for the same seed and code."""
    return random.Random(seed).sample(mutants, min(count, len(mutants)))


def _made_by_cosmic_ray(module: str) -> Iterator[Mutant]:
    nodes = list(ast_nodes(get_ast(source_of(module))))
    for name in plugins.operator_names():
        operator = plugins.get_operator(name)
        if name.split("/")[-1] in SETTINGS["without_operators"] or operator.arguments():
            continue
        lines = [start[0] for node in nodes for start, _ in operator().mutation_positions(node)]
        for number, line in enumerate(lines):
            yield Mutant(module, name, number, line, _function_at(module, line))


@functools.cache
def _functions(module: str) -> list[tuple[int, int]]:
    """First and last line of each function, as Python's code objects count them: from the decorator on."""
    nodes = [node for node in ast.walk(ast.parse(source_of(module))) if isinstance(node, ast.FunctionDef)]
    return [(min([node.lineno, *(d.lineno for d in node.decorator_list)]), node.end_lineno or 0) for node in nodes]


def _function_at(module: str, line: int) -> int:
    return max((first for first, last in _functions(module) if first <= line <= last), default=0)


@functools.cache
def _statements(source: str) -> list[ast.stmt]:
    """All statements inside functions but definitions, docstrings and `pass`."""
    found = []
    for function in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(function):
            is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if isinstance(node, ast.stmt) and not is_text and not isinstance(node, ast.FunctionDef | ast.Pass):
                found.append(node)
    return sorted(found, key=lambda node: (node.lineno, node.col_offset, -(node.end_lineno or 0)))


def _without(source: str, node: ast.stmt) -> str:
    """The source with `pass` in a statement's place; the lines below keep their numbers."""
    lines = source.splitlines(keepends=True)
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    # ast counts columns in bytes; an elif is an `if` of its own inside the else before it.
    head = lines[first].encode()[: node.col_offset].decode()
    rest = lines[last].encode()[node.end_col_offset :].decode()
    word = "else:pass" if lines[first][len(head) :].startswith("elif") else "pass"
    return "".join([*lines[:first], head + word + rest, *["\n"] * (last - first), *lines[last + 1 :]])
