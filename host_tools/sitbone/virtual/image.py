"""The flash image: a file of erased or littlefs blocks, followed by the chip's identity, which eFuses hold."""

from __future__ import annotations

import fcntl
import hashlib
import secrets
from pathlib import Path
from typing import IO

from sitbone.virtual.errors import VirtualError

BLOCK_BYTES = 4096
BLOCKS = 512  # 2 MB: the file system partition of a 4 MB module
INSTANT_US = (0, 0, 0)
SLOW_US = (100, 1500, 90_000)  # read of 128 bytes, program of 256, erase of 4096: twice what a usual flash takes
_MAGIC = b"sitbone-efuse-1 "
_ID_BYTES = 6
_MAC_PREFIX = b"\x26\x6f\x28"  # locally administered: no real chip has it, so a sync recognises it


class FlashImage:
    """An image locked by this process; created, erased, if the file does not exist. ``times_us``: what a read, a
    program and an erase take."""

    def __init__(self, path: Path, seed: int | None = None, times_us: tuple[int, int, int] = INSTANT_US) -> None:
        self.path = path
        self.times_us = times_us
        self.blocks = BLOCKS
        self._file = _open(path)
        _lock(self._file, path)
        size = path.stat().st_size
        if size == 0:
            self._file.write(b"\xff" * (BLOCK_BYTES * BLOCKS))
        elif size < BLOCK_BYTES * BLOCKS:
            raise VirtualError(
                f"{path} is {size} bytes, but a flash image has {BLOCK_BYTES * BLOCKS}; choose another file"
            )
        self.unique_id = self._identity(seed)

    def _identity(self, seed: int | None) -> bytes:
        self._file.seek(BLOCK_BYTES * BLOCKS)
        tail = self._file.read(len(_MAGIC) + _ID_BYTES)
        if tail.startswith(_MAGIC) and len(tail) == len(_MAGIC) + _ID_BYTES:
            return tail[len(_MAGIC) :]
        serial = secrets.token_bytes(3) if seed is None else hashlib.sha256(str(seed).encode()).digest()[:3]
        self._file.seek(BLOCK_BYTES * BLOCKS)
        self._file.write(_MAGIC + _MAC_PREFIX + serial)
        self._file.flush()
        return _MAC_PREFIX + serial

    def close(self) -> None:
        self._file.close()


def _open(path: Path) -> IO[bytes]:
    try:
        return open(path, "r+b" if path.exists() else "x+b")
    except OSError as error:
        raise VirtualError(f"cannot open flash image {path}: {error.strerror}; choose a writable file") from None


def _lock(file: IO[bytes], path: Path) -> None:
    # Two chips on one flash would destroy it.
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise VirtualError(
            f"flash image {path} is in use by another virtual cushion; stop that cushion first"
        ) from None
