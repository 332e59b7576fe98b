"""Traces: what is read, and the one line that says what is wrong with a bad one."""

import gzip
import time

import numpy as np
import pytest

from sitbone.replay.trace import TraceError, read_trace

HEADER = "t_ms,left_it_mv,right_it_mv\n"


def test_reads_columns_by_name_in_the_order_of_the_zones(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("note,right_it_mv,t_ms,left_thigh_mv,occupied\nx,1.5,0,3,1\ny,2,500,4,\n,3,6000,5,0\n")
    trace = read_trace(path)
    assert trace.t_ms.tolist() == [0, 500, 6000]
    assert trace.mv.tolist() == [[0, 1.5, 3, 0], [0, 2, 4, 0], [0, 3, 5, 0]]
    assert trace.zones == ("right_it", "left_thigh")
    assert trace.occupied is not None
    assert trace.occupied[[0, 2]].tolist() == [1, 0]
    assert np.isnan(trace.occupied[1])
    assert trace.gaps() == [(500, 6000)]
    assert trace.duration_s == 6.0


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_reads_gzip_line_ends_and_byte_order_mark(tmp_path, ending):
    path = tmp_path / "t.csv.gz"
    text = "\ufeff" + HEADER + "-5,1,2\n7,3,4\n"
    path.write_bytes(gzip.compress(text.replace("\n", ending).encode()))
    trace = read_trace(str(path))
    assert trace.t_ms.tolist() == [-5, 7]
    assert trace.mv[:, :2].tolist() == [[1, 2], [3, 4]]
    assert trace.gaps() == []


BAD = {
    "": ("t.csv: is empty", "give a CSV"),
    "  \n \n": ("t.csv: is empty", "give a CSV"),
    HEADER: ("t.csv: no rows", "record"),
    "0,1,2\n500,1,2\n": ("t.csv:1: no t_ms column", "first line"),
    "t_ms,left_thigh_mv\n0,1\n": ("t.csv:1: no column left_it_mv or right_it_mv", "sitbone record"),
    "t_ms,left_it_mv,left_it_mv\n0,1,1\n": ("t.csv:1: column left_it_mv occurs twice", "keep one"),
    HEADER + "0,1,2\n500,oops,2\n": ("t.csv:3: left_it_mv is 'oops', not a number", "correct or drop"),
    HEADER + "0,1,2\n500,,2\n": ("t.csv:3: left_it_mv is '', not a number", "correct or drop"),
    HEADER + "0,1,nan\n": ("t.csv:2: right_it_mv is nan", "correct or drop"),
    HEADER + "0,1,inf\n": ("t.csv:2: right_it_mv is inf", "correct or drop"),
    HEADER + "nan,1,2\n": ("t.csv:2: t_ms is nan", "correct or drop"),
    HEADER + "0,1,2\n500,-1,2\n": ("t.csv:3: left_it_mv is -1 mV, below zero", "correct or drop"),
    HEADER + "0,1,2\n500,1,4000\n": ("t.csv:3: right_it_mv is 4000 mV, above the 3.3 V supply", "millivolts"),
    HEADER + "0,1,2\n500,1,2\n400,1,2\n": ("t.csv:4: t_ms goes back from 500 to 400", "sort"),
    HEADER + "0,1,2\n\n0,1,2\n": ("t.csv:4: t_ms 0 occurs twice", "keep one"),
    HEADER + "0,1,2\n0.5,1,2\n": ("t.csv:3: t_ms is 0.5, not whole milliseconds", "round"),
    HEADER + "0,1,2\n500,1\n": ("t.csv:3: 2 columns where the header names 3", "complete"),
    HEADER + "1e300,1,2\n": ("t.csv:2: t_ms is 1e+300", "round"),
    HEADER + "# note\n0,1,2\n": ("t.csv:2: 1 column where the header names 3", "complete"),
    HEADER.replace("\n", ",occupied\n") + "0,1,2,maybe\n": ("t.csv:2: occupied is 'maybe', not a number", "correct"),
}


@pytest.mark.parametrize("text", BAD, ids=[repr(text[-24:]) for text in BAD])
def test_a_bad_trace_is_refused_in_one_line(tmp_path, text):
    path = tmp_path / "t.csv"
    path.write_text(text)
    with pytest.raises(TraceError) as error:
        read_trace(path)
    said = str(error.value)
    where, what_to_do = BAD[text]
    assert where in said
    assert what_to_do in said.split(";", 1)[1]
    assert "\n" not in said
    assert isinstance(error.value, ValueError)


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("none.csv", None, "no such file"),
        ("t.csv.gz", b"t_ms,left_it_mv\n0,1\n", "is not gzip"),
        ("t.csv.gz", gzip.compress(b"t_ms,left_it_mv\n" * 50, mtime=0)[:-12], "damaged gzip"),
        ("t.csv.gz", b"\x1f\x8b\x08\x00garbage garbage garbage", "damaged gzip"),
        ("t.csv", bytes(range(256)) * 10, "binary"),
        ("t.csv", b"t_ms,left_it_mv\n0,\x001\n", "binary"),
        ("t.csv.gz", b"", "is empty"),
    ],
)
def test_a_file_that_is_no_trace_is_refused(tmp_path, name, content, text):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TraceError, match=text) as error:
        read_trace(path)
    assert str(path) in str(error.value)
    assert ";" in str(error.value)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(TraceError, match="cannot be read"):
        read_trace(tmp_path)


def test_a_week_at_2_hz_loads_in_well_under_a_second(tmp_path):
    t_ms = np.arange(272_000) * 500
    mv = np.random.default_rng(1).integers(0, 3300, (272_000, 4))
    path = tmp_path / "week.csv"
    rows = "\n".join(f"{t},{a},{b},{c},{d},1" for t, (a, b, c, d) in zip(t_ms, mv.tolist(), strict=True))
    path.write_text("t_ms,left_it_mv,right_it_mv,left_thigh_mv,right_thigh_mv,occupied\n" + rows + "\n")
    began_s = time.process_time()
    trace = read_trace(path)
    assert time.process_time() - began_s < 1.0
    assert np.array_equal(trace.mv, mv)
