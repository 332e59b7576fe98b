# What a chip does at power-on before any user code: the boot ROM's and the port's share, then boot.py and main.py.
# Run as the interpreter's script with -i, so that the plain REPL follows when main.py is missing or has ended.
import sys

sys.path.insert(1, sys.path[0] + "/silicon")
try:
    import startup

    startup.power_up()
except Exception as error:  # noqa: BLE001  ours, not the firmware's: no REPL may hide it
    sys.print_exception(error)
    __import__("os").system("kill -9 $PPID")
for _name in ("boot.py", "main.py"):
    # In this module's own globals: the REPL that may follow sees main.py's names, as on the chip.
    sys.modules["startup"].run(_name, globals())
sys.modules["startup"].hand_over_to_repl()
del _name, startup, sys
