"""Adds to a lake that are killed at a point, each in a process of its own. Run by test_cuts.py.

`cut_adds.py URI-PATTERN KEY POINT… -- STORE…`: for each point a lake of that number; the stores are added one after
the other, the last of them killed (SIGKILL) before or after its nth request that writes or deletes (points 2n and
2n + 1), and then added again. A point of -1 is never cut. Prints how many lakes' adds were really killed.

It forks before anything has spoken S3: what speaks it starts threads, which a fork would lose.
"""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from sitbone.cohort.add import Enrolment, add
from sitbone.cohort.lake import Lake, Study
from sitbone.cohort.privacy import Mask
from sitbone.cohort.storage import Storage

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def in_a_child(job) -> bool:
    """Whether the job was killed. Raises where it failed."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            job()
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return True
    if os.WEXITSTATUS(status):
        raise SystemExit("an add failed")
    return False


def die_at(point: int) -> None:
    count = 0

    def dying(method):
        def call(self, *args):
            nonlocal count
            if count == point:
                os.kill(os.getpid(), signal.SIGKILL)
            result = method(self, *args)
            if count + 1 == point:
                os.kill(os.getpid(), signal.SIGKILL)
            count += 2
            return result

        return call

    for name in ("put", "delete"):
        setattr(Storage, name, dying(getattr(Storage, name)))


def main(pattern: str, key: str, *rest: str) -> None:
    cut = rest.index("--")
    points, stores = [int(word) for word in rest[:cut]], [Path(word) for word in rest[cut + 1 :]]
    mask = Mask(bytes.fromhex(key), "pilot", False)
    killed = 0
    for point in points:
        uri = pattern.replace("NUMBER", f"n{point}")

        def begin(uri=uri):
            Lake.make(uri, Study("pilot", mask.check()))
            for store in stores[:-1]:
                add(Lake(uri), mask, store, Enrolment("P01"), NOW)

        def last(uri=uri):
            add(Lake(uri), mask, stores[-1], Enrolment("P01"), NOW)

        def cut_short(point=point, last=last):
            die_at(point)
            last()

        in_a_child(begin)
        if point >= 0:
            killed += in_a_child(cut_short)
        in_a_child(last)
    print(killed)


if __name__ == "__main__":
    main(*sys.argv[1:])
