"""An install that loses its power at any moment: what the board then starts is the old version or the new one, whole.

The board is a real littlefs (littlefs-python, no code of the chip's driver) on a block device that dies after so many
operations; what starts then is decided by the firmware's own boot.py. The host's code is the real one.
"""

import ast
import contextlib
import errno
import hashlib
import io
from dataclasses import replace
from typing import Any

import littlefs
import pytest

from sitbone.board import install as install_module
from sitbone.board.firmware_files import TOP_FILES, can_compile, compiled, firmware_files, packed, version_id
from sitbone.errors import CushionGone
from tests.shares import some_or_all

BLOCK, BLOCKS = 4096, 256
LOG = {"/log/00000001.seg": b"records" * 900, "/etc/settings.json": b"{}\n123\n"}
CUTS = 200
NOT_THERE = (FileNotFoundError, IsADirectoryError, littlefs.LittleFSError)


class Flash(littlefs.UserContext):
    """RAM that remembers each operation that changed it, so that any prefix of them can be made again."""

    def __init__(self, data=None):
        super().__init__(BLOCK * BLOCKS)
        if data is not None:
            self.buffer = bytearray(data)
        self.operations = []

    def prog(self, cfg, block, off, data):
        self.operations.append((block * BLOCK + off, bytes(data)))
        return super().prog(cfg, block, off, data)

    def erase(self, cfg, block):
        self.operations.append((block * BLOCK, b"\xff" * BLOCK))
        return super().erase(cfg, block)


def images_at(before, operations, points):
    """What the flash holds after so many operations, and half of the next, for each of the points."""
    image, done = bytearray(before), 0
    for point in points:
        for at, data in operations[done:point]:
            image[at : at + len(data)] = data
        done = point
        torn = bytearray(image)
        if point < len(operations):
            at, data = operations[point]
            torn[at : at + len(data) // 2] = data[: len(data) // 2]
        yield point, bytes(torn)


class LfsBoard:
    """What install.py asks of a board, on a littlefs."""

    def __init__(self, data=None):
        self.flash = Flash(data)
        self.fs = littlefs.LittleFS(
            context=self.flash,
            block_size=BLOCK,
            block_count=BLOCKS,
            mount=False,
            prog_size=256,
            read_size=32,
            lookahead_size=32,
        )
        if data is None:
            self.fs.format()
        self.fs.mount()

    def read(self, path):
        with self.fs.open(path, "rb") as file:
            return file.read()

    def read_text(self, path):
        try:
            return self.read(path).decode()
        except NOT_THERE:
            return None

    def sha256(self, path):
        try:
            return hashlib.sha256(self.read(path)).hexdigest()
        except NOT_THERE:
            return None

    def listdir(self, path):
        try:
            return self.fs.listdir(path)
        except NOT_THERE:
            return []

    def write(self, path, data, progress=None):
        del progress
        with self.fs.open(path, "wb") as file:
            for start in range(0, len(data), 256):
                file.write(data[start : start + 256])

    def make_folders(self, path):
        self.fs.makedirs(path, exist_ok=True)

    def rename(self, path, to):
        self.fs.rename(path, to)

    def remove_tree(self, path):
        if path in ("/fw/current", "/fw/trial"):
            raise AssertionError("never removed by the host")
        with contextlib.suppress(*NOT_THERE):
            self.fs.remove(path, recursive=True)

    def bytes_free(self):
        return BLOCK * (BLOCKS - self.fs.used_block_count)


def boot(board, project_root):
    """The version that boot.py chooses, by its own functions over this file system."""

    class Os:
        rename = staticmethod(board.fs.rename)
        remove = staticmethod(board.fs.remove)

    def open_here(path, mode="r"):
        class SavedOnClosing(io.StringIO):
            def close(self):
                if not self.closed:
                    board.write(path, self.getvalue().encode())
                super().close()

        if mode == "w":
            return SavedOnClosing()
        text = board.read_text(path)
        if text is None:
            raise OSError(errno.ENOENT, path)
        return io.StringIO(text)

    tree = ast.parse((project_root / "firmware" / "boot.py").read_text())
    tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.Assign) and not _is_start(node)]
    names: dict[str, Any] = {"open": open_here, "os": Os}
    exec(compile(tree, "boot.py", "exec"), names)
    return names["choose_version"]()


def _is_start(node):
    return isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("version", "start_mode")


def fill(board, files, version, progress=None):
    return install_module._copy(board, files, version, progress)


def replace_file(board, path, data, sha256=None):
    install_module._replace(board, path, data, sha256)


@pytest.fixture(scope="module")
def versions():
    """Two versions' files that differ in several modules, compiled where that is possible."""
    old = firmware_files()
    new = [
        replace(file, data=file.data + b"\nNEW = 1\n", sha256=hashlib.sha256(file.data + b"\nNEW = 1\n").hexdigest())
        if file.name.startswith(("cushion/core/d", "cushion/a", "boot", "main"))
        else file
        for file in old
    ]
    return [packed(compiled(files) if can_compile() else files) for files in (old, new)]


@pytest.fixture(scope="module")
def before(versions):
    """A cushion with the old version, well, and a log."""
    board = LfsBoard()
    for path, data in LOG.items():
        board.make_folders(path.rpartition("/")[0])
        board.write(path, data)
    fill(board, versions[0], version_id(versions[0]))
    board.fs.remove("/fw/trial")
    return bytes(board.flash.buffer)


def is_whole(board, files, version):
    paths = [(f"/fw/{version}/{file.name}", file.sha256) for file in files if file.name not in TOP_FILES]
    return all(board.sha256(path) == sha256 for path, sha256 in paths)


@some_or_all
def test_a_power_cut_anywhere_leaves_a_version_that_starts_and_the_log(versions, before, project_root, share):
    old, new = versions
    names = {version_id(old): old, version_id(new): new}
    whole = LfsBoard(before)
    fill(whole, new, version_id(new))
    operations = whole.flash.operations
    total = len(operations)
    cuts = round(CUTS * share)
    points = sorted({*range(0, total, max(1, total // cuts)), *range(total - round(60 * share), total)})
    assert len(points) >= cuts
    started = dict.fromkeys(names, 0)
    for point, image in images_at(before, operations, points):
        after = LfsBoard(image)
        chosen = boot(after, project_root)
        assert chosen in names, f"cut after {point} operations: nothing to start"
        assert is_whole(after, names[chosen], chosen), f"cut after {point}: {chosen} is not whole"
        for name in TOP_FILES:
            assert after.sha256(f"/{name}") in {f.sha256 for files in versions for f in files if f.name == name}
        assert {path: after.read(path) for path in LOG} == LOG
        started[chosen] += 1
        if point % 7 == 0:  # and the next install makes it whole
            fill(after, new, version_id(new))
            assert is_whole(after, new, version_id(new))
    assert all(started.values()), started


def test_a_version_that_never_gets_well_gives_way_after_three_starts(versions, before, project_root):
    old, new = versions
    board = LfsBoard(before)
    fill(board, new, version_id(new))
    assert [boot(board, project_root) for _ in range(5)] == [version_id(new)] * 3 + [version_id(old)] * 2


def test_a_cut_line_leaves_the_old_version(versions, before, project_root, monkeypatch):
    old, new = versions
    board = LfsBoard(before)

    def cut(done, total):
        if done * 2 > total:
            raise CushionGone("cut here")

    def write(path, data, progress=None):
        LfsBoard.write(board, path, data)
        if progress:
            progress(len(data), 0)

    monkeypatch.setattr(board, "write", write)
    with pytest.raises(CushionGone):
        fill(board, new, version_id(new), cut)
    assert boot(board, project_root) == version_id(old)


def test_a_cut_while_resistors_are_told_leaves_the_old_ones_or_the_new(before):
    shown = [f"devkit\n{ohms},{ohms},{ohms},{ohms}\n".encode() for ohms in (3267, 3333)]
    board = LfsBoard(before)
    board.make_folders("/etc")
    replace_file(board, install_module.BOARD_FILE, shown[0])
    image = bytes(board.flash.buffer)
    whole = LfsBoard(image)
    replace_file(whole, install_module.BOARD_FILE, shown[1], hashlib.sha256(shown[1]).hexdigest())
    operations = whole.flash.operations
    found = [
        LfsBoard(cut).read(install_module.BOARD_FILE) for _, cut in images_at(image, operations, range(len(operations)))
    ]
    assert set(found) <= set(shown)
    assert (found[0], whole.read(install_module.BOARD_FILE)) == (shown[0], shown[1])
