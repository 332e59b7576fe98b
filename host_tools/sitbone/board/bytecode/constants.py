"""Puts whole numbers where their names stand, across all modules: MicroPython's compiler does so within one file only.

A public constant of a module (``BREAK = 6``) costs its name, a place in the module's table, and both again in each
module that imports it.
"""

import ast
import operator
from collections.abc import Iterable

Numbers = dict[str, int]
CONST_MODULE = "cushion.core.const"
OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.LShift: operator.lshift,
    ast.BitOr: operator.or_,
}


def put_in_place(trees: dict[str, ast.Module], users: list[ast.Module]) -> None:
    """Changes the modules of `trees`, by name; what `users` name stays defined. Raises ValueError where a function has
    a variable of a constant's name."""
    kept = {name for tree in users for name in _names_in(tree)}
    defined = {module: _constants_of(tree, kept) for module, tree in trees.items()}
    for module, tree in trees.items():
        names = dict(defined[module])
        modules: dict[str, Numbers] = {}
        for statement in _imports(tree):
            names |= _imported(statement, defined)
            modules |= _imported_modules(statement, defined)
        _InPlace(names, modules).visit(tree)
        _Unneeded(set(names)).visit(tree)


def _names_in(tree: ast.Module) -> set[str]:
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return names.union(*({alias.name for alias in statement.names} for statement in _imports(tree)))


def _imports(tree: ast.Module) -> list[ast.ImportFrom]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


def _constants_of(tree: ast.Module, kept: set[str]) -> Numbers:
    """A module's public whole numbers: in capitals, and bound once, beside the functions."""
    bound = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    found: Numbers = {}
    for statement in tree.body:
        for name, value in _bindings(statement):
            number = _number(value, found)
            if number is not None and name.isupper() and name[0] != "_" and bound.count(name) == 1:
                found[name] = number
    return {name: number for name, number in found.items() if name not in kept}


def _bindings(statement: ast.stmt) -> Iterable[tuple[str, ast.expr]]:
    """``A = 1`` and ``A, B = 1, 2``."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return []
    target, value = statement.targets[0], statement.value
    pairs = [(target, value)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = list(zip(target.elts, value.elts, strict=True))
    return [(name.id, given) for name, given in pairs if isinstance(name, ast.Name)]


def _number(value: ast.expr, known: Numbers) -> int | None:
    if isinstance(value, ast.Constant):
        return value.value if type(value.value) is int else None
    if isinstance(value, ast.Name):
        return known.get(value.id)
    if isinstance(value, ast.BinOp) and type(value.op) in OPERATIONS:
        left, right = _number(value.left, known), _number(value.right, known)
        if left is not None and right is not None:
            return int(OPERATIONS[type(value.op)](left, right))
    return None


def _imported(statement: ast.ImportFrom, defined: dict[str, Numbers]) -> Numbers:
    numbers = defined.get(statement.module or "", {})
    return {alias.asname or alias.name: numbers[alias.name] for alias in statement.names if alias.name in numbers}


def _imported_modules(statement: ast.ImportFrom, defined: dict[str, Numbers]) -> dict[str, Numbers]:
    full = {alias.asname or alias.name: f"{statement.module}.{alias.name}" for alias in statement.names}
    return {name: defined[module] for name, module in full.items() if module in defined}


class _InPlace(ast.NodeTransformer):
    """Numbers for names, and for attributes of modules."""

    def __init__(self, names: Numbers, modules: dict[str, Numbers]) -> None:
        self._names = names
        self._modules = modules

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A constant that is read."""
        return ast.Constant(self._names[node.id]) if isinstance(node.ctx, ast.Load) and node.id in self._names else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """A constant of an imported module."""
        if isinstance(node.value, ast.Name) and node.attr in self._modules.get(node.value.id, {}):
            return ast.Constant(self._modules[node.value.id][node.attr])
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """A variable of the same name would be meant instead."""
        bound = {inner.arg for inner in ast.walk(node) if isinstance(inner, ast.arg)}
        bound |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
        if bound & set(self._names):
            raise ValueError(f"{node.name} has a variable of a constant's name: {', '.join(bound & set(self._names))}")
        return self.generic_visit(node)


def _is_const(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "const"


class _Unneeded(ast.NodeTransformer):
    """Takes out what defined or imported a constant, and `const` itself."""

    def __init__(self, names: set[str]) -> None:
        self._gone = names

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        """Only where each name of the statement is gone."""
        targets = node.targets[0].elts if isinstance(node.targets[0], ast.Tuple) else node.targets
        if all(isinstance(each, ast.Name) and each.id in self._gone for each in targets):
            return None
        return node if isinstance(node.targets[0], ast.Name) and _is_const(node.value) else self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """`const` where the compiler doesn't know it, as in ``A, B = const(1), const(2)``, would be called."""
        self.generic_visit(node)
        return node.args[0] if _is_const(node) else node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        """`const` does nothing at run time: the compiler knows it by its name."""
        if not (node.module or "").startswith("cushion"):
            return node
        node.names = [alias for alias in node.names if (alias.asname or alias.name) not in self._gone]
        return node if node.names and node.module != CONST_MODULE else None
