"""Constants of firmware files that import the chip and so can't be imported here."""

import ast

from tests.hardware.tools import ROOT


def constant(path: str, name: str):
    tree = ast.parse((ROOT / "firmware" / "cushion" / path).read_text())
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    raise LookupError(f"{path} has no {name}")
