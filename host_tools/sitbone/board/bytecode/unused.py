"""Leaves out what the host reads the same modules for and nothing on the cushion names: words for numbers, the reading
of records, a driver's method for tests."""

import ast
from collections.abc import Iterable

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def leave_out_unused(trees: Iterable[ast.Module], users: list[ast.Module]) -> None:
    """Changes the modules until each function, method and table left is named somewhere in them or in `users`, be it as
    text."""
    modules = list(trees)
    while True:
        named = set().union(*(_named_in(tree) for tree in [*modules, *users]))
        if not sum(_leave_out(tree, named) for tree in modules):
            return


def _named_in(tree: ast.Module) -> set[str]:
    """Names that are read. An import alone needs nothing; who imports for others to use is in `users`."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        elif isinstance(node, ast.Global):
            found.update(node.names)
    return found


def _leave_out(tree: ast.Module, named: set[str]) -> int:
    """How many definitions and names of imports it took out of a module."""
    before = len(tree.body)
    tree.body = [statement for statement in tree.body if not _is_unused(statement, named)]
    count = before - len(tree.body)
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            methods = [part for part in node.body if not (isinstance(part, Definition) and _is_unused(part, named))]
            count += len(node.body) - len(methods)
            node.body = methods or [ast.Pass()]
    imports = _UnusedImports(_named_in(tree))
    imports.visit(tree)
    return count + imports.count


def _is_unused(statement: ast.stmt, named: set[str]) -> bool:
    names = _defined(statement)
    return bool(names) and not any(name in named or name.startswith("__") for name in names)


def _defined(statement: ast.stmt) -> list[str]:
    """What a statement defines and does nothing beside, as far as names go."""
    if isinstance(statement, Definition):
        return [statement.name]
    if isinstance(statement, ast.Assign) and not any(isinstance(node, ast.Call) for node in ast.walk(statement)):
        target = statement.targets[0]
        targets = target.elts if isinstance(target, ast.Tuple) else statement.targets
        return [each.id for each in targets if isinstance(each, ast.Name)]
    return []


class _UnusedImports(ast.NodeTransformer):
    """Names of our own modules that the module imports and doesn't read."""

    def __init__(self, read: set[str]) -> None:
        self._read = read
        self.count = 0

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        """An import for its effect is written without names."""
        if (node.module or "").split(".")[0] != "cushion":
            return node
        kept = [alias for alias in node.names if (alias.asname or alias.name) in self._read]
        self.count += len(node.names) - len(kept)
        node.names = kept
        return node if kept else None
