"""Four zones as sensing shows them, for the suites of what zones say about each other. No lists of seconds: a suite's
heap is small."""

from cushion.core.plausibility import Plausibility
from cushion.core.records import FROZEN, OK
from cushion.core.sensing import Zone

ALL = (0, 1, 2, 3)
STILL_100UV = 5000
NO_MORE = (0, 0, 0, 0)


class Four:
    """Four zones as sensing shows them, each with a reference of 5000 Pa. The level of each that is not `still` jumps
    by a hundredth of a volt every second; none `moved` unless it is said, and then each time anew, with a moment of
    stillness after it, but `at_once` without."""

    def __init__(self, guesses=False):
        self.judge, self.zones, self.second = Plausibility(guesses), [Zone() for _ in ALL], 0

    def see(
        self,
        loads_u,
        still=(),
        moved=(),
        at_100uv=STILL_100UV,
        dt_ms=1000,
        lost=(),
        times=1,
        more_pa=NO_MORE,
        at_once=False,
    ):
        for _ in range(times):
            self.second += 1
            for zone in ALL:
                state = self.zones[zone]
                if zone in lost:
                    state.readable, state.moved = False, False
                    state.lost_ms = min(state.lost_ms + dt_ms, 1 << 29)
                    continue
                state.readable, state.lost_ms, state.quality, state.moved = True, 0, OK, zone in moved
                state.before_pa, state.u = state.pressure_pa, loads_u[zone]
                state.pressure_pa = loads_u[zone] * 5 + more_pa[zone]
                state.seen = state.seen or state.u >= 50
                state.level_100uv = at_100uv if zone in still else 10000 + self.second % 2 * 100
            self.judge.step(dt_ms, self.zones)
            if moved and not at_once:
                for state in self.zones:
                    state.moved = False
                self.judge.step(0, self.zones)
        return self

    def qualities(self):
        return [zone.quality for zone in self.zones]

    def doubted(self):
        return [zone for zone in ALL if self.zones[zone].doubted]


def one(zone, value, others):
    return [value if index == zone else others for index in ALL]


SEATED = (1000, 1000, 1000, 1000)


def froze():
    """The left sitting bone stands still at STILL_100UV and is found frozen."""
    seat = Four().see(SEATED, (0,)).see(SEATED, (0,), (1,), times=4).see(SEATED, (0,), dt_ms=40000)
    assert seat.qualities() == [FROZEN, OK, OK, OK]
    return seat
