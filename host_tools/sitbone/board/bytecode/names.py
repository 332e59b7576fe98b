"""Short names: MicroPython keeps the text of each name once, for good, in the chip's heap, and doubles the table that
holds them when it is full.

Parameters and a file's private data (``self._left``) are nobody else's business, so all files share the same few names.
"""

import ast

PARAMETER, PRIVATE = "p{}", "_{}"
STAYS = ("self", "_")
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def keywords_of(trees: list[ast.Module]) -> frozenset[str]:
    """All names by which a call somewhere gives an argument."""
    nodes = (node for tree in trees for node in ast.walk(tree))
    return frozenset(node.arg for node in nodes if isinstance(node, ast.keyword) and node.arg)


def shorten(tree: ast.Module, keywords: frozenset[str]) -> None:
    """Changes one module; `keywords` stay. Raises ValueError where a short name is taken."""
    for node in ast.walk(tree):
        for name in (getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "arg", "")):
            if name and name[0] in "p_" and name[1:].isdigit():
                raise ValueError(f"{name} is what a short name looks like; use another")
    _shorten_parameters(tree, keywords, 0)
    _Private({name: PRIVATE.format(at) for at, name in enumerate(_private_data(tree))}).visit(tree)


def demand_bases_without_private_data(trees: list[ast.Module]) -> None:
    """Raises ValueError for a class that others derive from and that keeps private data: in another file its short
    names may be those of the derived class."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    bases = {base.id for each in classes for base in each.bases if isinstance(base, ast.Name)}
    for each in classes:
        private = sorted(_own_data(each))
        if each.name in bases and private:
            raise ValueError(f"others are derived from {each.name}: give its {private[0]} a public name")


def _shorten_parameters(scope: ast.AST, keywords: frozenset[str], first: int) -> None:
    """In each function below `scope`. One within another goes on counting, since it may use the outer one's."""
    for node in ast.iter_child_nodes(scope):
        taken = first
        if isinstance(node, Function):
            free = [name for name in _parameters(node) if name not in keywords and name not in _bound_within(node)]
            taken += len(free)
            names = _Variables({name: PARAMETER.format(first + at) for at, name in enumerate(free)})
            for each in (*node.args.posonlyargs, *node.args.args):
                names.visit(each)
            for part in node.body if isinstance(node.body, list) else [node.body]:
                names.visit(part)  # not the defaults: they belong to who defines the function
        _shorten_parameters(node, keywords, taken)


def _parameters(function: Function) -> list[str]:
    given = function.args
    return [each.arg for each in given.posonlyargs + given.args if each.arg not in STAYS]


def _bound_within(function: Function) -> set[str]:
    """Names that something inside a function gives a meaning of its own, or names by their text."""
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, Function) and node is not function:
            found |= {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
        if isinstance(node, ast.comprehension):
            found |= {each.id for each in ast.walk(node.target) if isinstance(each, ast.Name)}
        if isinstance(node, ast.Nonlocal):
            found |= set(node.names)
        if isinstance(node, ast.alias):
            found.add(node.asname or node.name)
        if isinstance(node, (ast.ExceptHandler, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name or "")
    return found


def _private_data(tree: ast.Module) -> list[str]:
    """What a file keeps in names with an underscore, unless it also has the name as text (`KEPT` of a class). Its
    functions and classes keep theirs: a traceback shows them."""
    variables = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    private = {name for name in variables if _is_private(name)} | _own_data(tree)
    return sorted(private - texts)


def _own_data(tree: ast.AST) -> set[str]:
    """The private ones of what is set in `self`."""
    stored = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)]
    own = {node.attr for node in stored if isinstance(node.value, ast.Name) and node.value.id == "self"}
    return {name for name in own if _is_private(name)}


def _is_private(name: str) -> bool:
    return name[0] == "_" and name[:2] != "__" and name not in STAYS


class _Variables(ast.NodeTransformer):
    """Other names for variables."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """A parameter."""
        node.arg = self._names.get(node.arg, node.arg)
        return node

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """A variable."""
        node.id = self._names.get(node.id, node.id)
        return node

    def visit_Global(self, node: ast.Global) -> ast.Global:
        """Variables of the module that a function sets."""
        node.names = [self._names.get(name, name) for name in node.names]
        return node


class _Private(_Variables):
    """Other names for attributes, too."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """A parameter may well be called as an attribute is: that one stays what it was."""
        node.attr = self._names.get(node.attr, node.attr)
        return self.generic_visit(node)
