"""Constants that take no memory on the chip."""


def const(value):
    """Marks a module's own constant: the compiler puts the value where `_NAME` stands, and keeps no name for it.

    MicroPython's compiler knows it by its name, `const`, wherever that comes from; a name without the underscore stays
    in the module, for others to import.
    """
    return value
