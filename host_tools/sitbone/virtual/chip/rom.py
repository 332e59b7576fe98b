# What a chip does at power-on before any user code: the boot ROM's and the port's share, then boot.py and main.py.
# Run as the interpreter's script with -i, so that the plain REPL follows when main.py is missing or has ended.
import startup

startup.power_up()
del startup
for _name in ("boot.py", "main.py"):
    # In this module's own globals: the REPL that may follow sees main.py's names, as on the chip.
    __import__("sys").modules["startup"].run(_name, globals())
__import__("sys").modules["startup"].hand_over_to_repl()
del _name
