# MicroPython's scheduler (py/scheduler.c): a soft callback of a timer or a pin waits here until bytecode runs again.
# The queue has eight places; machine_timer.c and machine_pin.c drop what finds it full, without a word.
import sys

_DEPTH = 8  # MICROPY_SCHEDULER_DEPTH
_waiting = []


def schedule(callback, argument):
    if len(_waiting) < _DEPTH:
        _waiting.append((callback, argument))


def waits():
    return bool(_waiting)


def run():
    # The chip prints a callback's exception and goes on.
    while _waiting:
        callback, argument = _waiting.pop(0)
        try:
            callback(argument)
        except Exception as error:  # noqa: BLE001  whatever a callback raises
            sys.print_exception(error)
