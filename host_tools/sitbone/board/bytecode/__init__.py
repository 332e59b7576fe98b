"""The firmware's modules as the chip's heap likes them, before they are compiled: what only readers need costs nothing
there. firmware/README.md (Memory) says what that saves."""

import ast

from sitbone.board.bytecode.constants import put_in_place
from sitbone.board.bytecode.names import demand_bases_without_private_data, keywords_of, shorten
from sitbone.board.bytecode.unused import leave_out_unused


def slimmed(sources: dict[str, str], users: list[str]) -> dict[str, str]:
    """The same modules, by name ("cushion.app"), that do the same with fewer names.

    ``users`` are sources that import from them and are not compiled: what they name stays. Raises SyntaxError, its
    ``filename`` a module's name, and ValueError for a name that would clash.
    """
    trees = {name: ast.parse(source, name) for name, source in sources.items()}
    others = [ast.parse(source) for source in users]
    keywords = keywords_of([*trees.values(), *others])
    demand_bases_without_private_data(list(trees.values()))
    put_in_place(trees, others)
    leave_out_unused(trees.values(), others)
    for tree in trees.values():
        shorten(tree, keywords)
    return {name: ast.unparse(ast.fix_missing_locations(tree)) for name, tree in trees.items()}
