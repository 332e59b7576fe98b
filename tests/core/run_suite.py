"""Runs one suite file inside the interpreter under test; started by interpreters.py, imports nothing from the host.

Each line of the report is a JSON list:
["start", test], ["pass", test], ["fail", test, traceback], ["digest", repr], ["end"].
It is written as the tests go, so that a test that kills the interpreter is known by its missing verdict.
"""

import gc
import io
import json
import sys

MARK = "@suite "


def _say(*words):
    print(MARK + json.dumps(words))


try:
    # The WASM build loses its output when it traps; this hands each line out at once.
    import host

    def _say(*words):
        host.call("report", json.dumps({"args": [json.dumps(words)], "kwargs": {}}))

    # Its collector does not see what lives only in WebAssembly's locals and frees it (seen: a list that became the
    # class `list` in json.dumps). So it never runs: a suite file has this build's heap of 1 MB and no more.
    gc.disable()

except ImportError:
    pass


def _traceback(error):
    if hasattr(sys, "print_exception"):  # MicroPython
        out = io.StringIO()
        sys.print_exception(error, out)
        return out.getvalue()
    import traceback

    return "".join(traceback.format_exception(error))


def _attempt(name, function):
    _say("start", name)
    try:
        result = function()
    except BaseException as error:  # noqa: BLE001 -- whatever a test raises is its verdict
        _say("fail", name, _traceback(error))
        return None
    _say("pass", name)
    return result


def run(module_name):
    modules = []
    _attempt("import", lambda: modules.append(__import__(module_name)))
    if modules:
        for name in sorted(dir(modules[0])):
            if name.startswith("test_"):
                _attempt(name, getattr(modules[0], name))
        if hasattr(modules[0], "digest"):
            _say("digest", repr(_attempt("digest", modules[0].digest)))
    _say("end")
