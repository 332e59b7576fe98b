"""What is changed in the firmware's modules before they are compiled, and that nothing else is.

Expected texts are written down. That the whole firmware does the same with it: tests/end_to_end/test_trace.py.
"""

import ast

import pytest

from sitbone.board.bytecode import slimmed


def slim(users="", **sources):
    """Modules of the package by their last name, without their docstrings' layout mattering."""
    named = {f"cushion.{name}": source for name, source in sources.items()}
    return {name.removeprefix("cushion."): text for name, text in slimmed(named, [users]).items()}


def same(text, expected):
    return ast.dump(ast.parse(text)) == ast.dump(ast.parse(expected))


class TestNames:
    def test_parameters_are_the_same_few_in_all_functions(self):
        source = "def add(first, second=1):\n    return first + second\nadd(1)"
        assert same(slim(a=source)["a"], "def add(p0, p1=1):\n    return p0 + p1\nadd(1)")

    def test_one_that_some_call_names_stays(self):
        found = slim(
            a="def add(first, second):\n    return first + second\nadd", b="from cushion.a import add\nadd(1, second=2)"
        )
        assert same(found["a"], "def add(p0, second):\n    return p0 + second\nadd")

    def test_a_function_within_another_keeps_both_apart(self):
        source = "def outer(one):\n    def inner(two):\n        return one + two\n    return inner\nouter"
        assert same(
            slim(a=source)["a"], "def outer(p0):\n    def inner(p1):\n        return p0 + p1\n    return inner\nouter"
        )

    def test_a_name_with_a_second_meaning_stays(self):
        source = "def outer(one):\n    return [one for one in one]\nouter"
        assert same(slim(a=source)["a"], source)

    def test_an_attribute_that_is_called_as_a_parameter_stays_itself(self):
        source = "class A:\n    def on(self, _x):\n        self._x = 1\n        print(self._x, _x)\nA.on"
        expected = "class A:\n    def on(self, p0):\n        self._0 = 1\n        print(self._0, p0)\nA.on"
        assert same(slim(a=source)["a"], expected)

    def test_private_data_of_two_files_share_their_names_and_functions_keep_theirs(self):
        source = (
            "class A:\n    def on(self):\n        self._{0} = self._new()\n    def _new(self):\n        return 1\nA.on"
        )
        found = slim(a=source.format("left"), b=source.format("right"))
        assert same(found["a"], source.format("0"))
        assert same(found["b"], source.format("0"))

    def test_what_is_also_a_text_stays(self):
        source = "class A:\n    KEPT = ('_bits',)\n    def __init__(self):\n        self._bits = 0\nA().KEPT"
        assert same(slim(a=source)["a"], source)

    def test_a_private_attribute_of_somebody_else_stays(self):
        assert same(slim(a="import sys\nprint(sys._machine)")["a"], "import sys\nprint(sys._machine)")

    def test_a_global_of_a_file(self):
        source = "_app = None\ndef bind(app):\n    global _app\n    _app = app\nbind"
        assert same(slim(a=source)["a"], "_0 = None\ndef bind(p0):\n    global _0\n    _0 = p0\nbind")

    @pytest.mark.parametrize("source", ["p0 = 1\nprint(p0)", "print(lambda p12: 1)", "print(print._3)"])
    def test_a_name_that_looks_like_a_short_one_is_refused(self, source):
        with pytest.raises(ValueError, match="is what a short name looks like"):
            slim(a=source)

    def test_a_base_with_private_data_is_refused(self):
        base = "class Base:\n    def __init__(self):\n        self._left = 1"
        with pytest.raises(ValueError, match="others are derived from Base: give its _left a public name"):
            slim(a=base, b="from cushion.a import Base\nclass A(Base):\n    pass")


class TestConstants:
    def test_a_number_stands_where_its_name_did(self):
        found = slim(a="DAY_S = 24 * 3600\nWEEK_S = 7 * DAY_S", b="from cushion.a import WEEK_S\nprint(WEEK_S // 2)")
        assert same(found["a"], "")
        assert same(found["b"], "print(604800 // 2)")

    def test_of_an_imported_module_too(self):
        found = slim(a="ONE, TWO = 1, 2", b="from cushion import a as numbers\nprint(numbers.TWO)")
        assert same(found["b"], "print(2)")

    def test_what_is_set_again_or_is_no_whole_number_stays(self):
        source = "MANY = 1\nMANY = 2\nTEXT = 'a'\nTRUE = True\nHALF = 0.5\nprint(MANY, TEXT, TRUE, HALF)"
        assert same(slim(a=source)["a"], source)

    def test_what_a_file_outside_names_stays_defined(self):
        assert same(slim(users="from cushion.a import ONE\nprint(ONE)", a="ONE = 1")["a"], "ONE = 1")

    def test_the_compilers_own_are_left_to_it_and_const_is_not_imported(self):
        source = "from cushion.core.const import const\n_TEN = const(10)\nprint(_TEN)"
        assert same(slim(a=source)["a"], "_0 = const(10)\nprint(_0)")

    def test_const_is_not_called_where_the_compiler_would_not_take_it_out(self):
        source = (
            "from cushion.core.const import const\n_LOW, _HIGH = const(-10), const(21)\nprint(_LOW, const(3), _HIGH)"
        )
        assert same(slim(a=source)["a"], "_1, _0 = (-10, 21)\nprint(_1, 3, _0)")

    def test_a_variable_of_the_same_name_is_refused(self):
        with pytest.raises(ValueError, match="f has a variable of a constant's name: ONE"):
            slim(
                a="ONE = 1\ndef f():\n    for ONE in ():\n        pass\nprint(ONE)\nf",
                b="ONE = 1\ndef f(ONE):\n    return ONE\nf",
            )


class TestUnused:
    def test_what_nothing_names_is_left_out_and_what_only_it_needed(self):
        left = "def write():\n    pass\nwrite()"
        source = "from cushion import b\ndef _inner():\n    return b.x\ndef read():\n    return _inner()\n" + left
        found = slim(a=source, b="x = []")
        assert same(found["a"], left)
        assert same(found["b"], "")

    def test_what_is_named_as_text_or_outside_stays(self):
        source = "def read():\n    pass\ndef write():\n    pass\nprint('read')"
        assert same(slim(users="from cushion import a\na.write()", a=source)["a"], source)

    def test_a_method_that_nothing_calls_is_left_out(self):
        source = "class A:\n    def __init__(self):\n        pass\n    def read(self):\n        pass\nA()"
        assert same(slim(a=source)["a"], "class A:\n    def __init__(self):\n        pass\nA()")

    def test_what_a_definition_does_besides_is_done(self):
        assert same(slim(a="STARTED = print('now')")["a"], "STARTED = print('now')")
