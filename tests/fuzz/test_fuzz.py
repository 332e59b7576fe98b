"""The readers of data from elsewhere, fuzzed: with hypothesis, and with atheris, which looks for inputs that reach new
code. `SITBONE_FUZZ=N` gives atheris N inputs for each of the three instead of some ten thousand."""

import importlib.util
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cushion.core import blocks, records
from tests.fuzz import targets
from tests.shares import some_or_all

ATHERIS_INPUTS = int(os.environ.get("SITBONE_FUZZ", "25000"))
HYPOTHESIS_INPUTS = 1500
ROOT = Path(__file__).parents[2]


@st.composite
def spoiled(draw, name):
    """A sound input in which some bytes were changed, cut out, or put in."""
    data = bytearray(draw(st.sampled_from(targets.seeds(name))))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        what = draw(st.sampled_from(("change", "cut", "put", "repeat")))
        if what == "change" and data:
            data[at] = draw(st.integers(0, 255))
        elif what == "cut":
            del data[at : at + draw(st.integers(1, 600))]
        elif what == "put":
            data[at:at] = draw(st.binary(max_size=20))
        else:
            data[at:at] = data[at : at + 512]
    return bytes(data)


@some_or_all
@pytest.mark.parametrize("name", targets.TARGETS)
def test_spoiled_inputs(name, share):
    @settings(max_examples=round(HYPOTHESIS_INPUTS * share), deadline=None)
    @given(spoiled(name) | st.binary(max_size=1200))
    def check(data):
        targets.TARGETS[name](data)

    check()


@some_or_all
@pytest.mark.parametrize("name", targets.TARGETS)
def test_inputs_that_reach_new_code(name, share):
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris has no wheel for this platform")
    inputs = round(ATHERIS_INPUTS * share)
    command = [sys.executable, str(Path(targets.__file__)), name, f"-runs={inputs}", "-seed=1", "-timeout=10"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "firmware", ROOT / "host_tools")))}
    done = subprocess.run(
        [*command, "-max_len=1600"], env=environment, capture_output=True, text=True, timeout=3600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    runs = re.search(r"Done (\d+) runs", done.stderr)
    assert runs is not None
    assert int(runs[1]) >= inputs


FIELD = {"B": 0xFF, "H": 0xFFFF, "I": 0xFFFFFFFF}


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 20_000),
            st.sampled_from((records.EPOCH, records.EPOCH, records.EPOCH, records.SAT, records.CRASH)),
            st.integers(0, 2**32),
            st.booleans(),
        ),
        max_size=60,
    )
)
@example([(0, records.EPOCH, 1, True)] * 40)
def test_what_is_written_is_read_again(steps):
    """Oracle: the records themselves. Any epoch may follow any other, wild values too."""
    wrote, now_ms = [], 5
    writer = blocks.Writer()
    writer.begin(b"abcdef", 7, 1, 1, 0, 5, 0)
    for step_ms, kind, seed, wild in steps:
        rng = random.Random(seed)
        now_ms += step_ms
        if kind == records.EPOCH:
            tops = [FIELD[code] if wild else 5 for code in records.KINDS[kind][1][1:]]
            payload = records.payload_of(kind, [rng.randint(0, top) for top in tops])
        elif kind == records.SAT:
            payload = records.payload_of(kind, (rng.randint(0, 2**32 - 1),))
        else:
            payload = records.payload_of(kind, ("é" * rng.randint(0, 120),))
        if not writer.add(kind, payload, now_ms // 1000, now_ms % 1000):
            break
        wrote.append((kind, now_ms - 5, payload))
    data = bytes(writer.block[: writer.used])
    assert list(blocks.walk(data, blocks.read_header(data))) == wrote
    assert blocks.count(data, blocks.read_header(data)) == len(wrote)
