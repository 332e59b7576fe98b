"""The engine as a whole: scripted sits, faults and gaps, its events, and no allocation in a step."""

from cushion.core import records
from cushion.core.calibration import Calibration
from cushion.core.engine import Engine
from cushion.core.sensing import NO_READING
from cushion.core.settings import Settings

# Levels in 100 uV at u = 1.0 of the uncalibrated reference (5 kPa, 65 uS), and none.
SEATED = 5832
THIGH = 4000


class Seat:
    """An engine with a seat under it; ``told`` collects every event but epochs as (second, kind, first fields)."""

    def __init__(self):
        self.engine = Engine(Settings(), Calibration(), 3300, (3300,) * 4)
        self.second = 0
        self.levels = [0, 0, 0, 0]
        self.told = []
        self.epochs = []

    def sit(self, seconds, left=SEATED, right=SEATED, thigh=THIGH, fidget=True, minute=-1):
        for _ in range(seconds):
            self.second += 1
            move = 300 if fidget and self.second % 20 == 0 else 0
            levels = self.levels
            levels[0] = left + move if left > 0 else left
            levels[1] = right + move if right > 0 else right
            levels[2] = levels[3] = thigh + move if thigh > 0 else thigh
            for _ in range(4):
                self.engine.sample(levels)
            self._decide(1000, minute)
        return self

    def blind(self, seconds):
        for _ in range(seconds):
            self.second += 1
            self._decide(1000, -1)
        return self

    def stand(self, seconds):
        return self.sit(seconds, 0, 0, 0)

    def gap(self, seconds):
        self.second += seconds
        self._decide(seconds * 1000, -1)
        return self

    def _decide(self, dt_ms, minute):
        self.engine.decide(dt_ms, minute)
        events = self.engine.events
        for row in range(events.count):
            if events.kind(row) == records.EPOCH:
                self.epochs.append((self.second, events.values(row, 12)))
            else:
                self.told.append((self.second, events.kind(row), events.values(row, 5)))
        assert events.lost == 0
        events.clear()

    def of(self, kind):
        return [(second, values) for second, found, values in self.told if found == kind]


def test_twenty_minutes_at_reference_load_prompt_the_side_that_carries():
    seat = Seat().sit(1300, right=2600)
    (second, values), *later = seat.of(records.PROMPT)
    assert abs(second - 1230) <= 40  # creep compensation lowers u a little, not below the knee at 0.7
    assert values[1:4] == [1, 1, 1]
    assert [values[1] for _, values in later] == []


def test_half_an_hour_prompts_by_time_where_the_dose_does_not():
    seat = Seat().sit(1850, 3200, 3200)
    assert [(values[1], values[2], values[3]) for _, values in seat.of(records.PROMPT)] == [(1, 3, 2)]
    assert abs(seat.of(records.PROMPT)[0][0] - 1800) <= 1


def test_each_episode_has_one_outcome():
    seat = Seat().sit(1260).stand(150).sit(60)
    assert [values[1] for _, values in seat.of(records.OUTCOME)] == [1]
    assert [values[2] for _, values in seat.of(records.BREAK)] == [1]


def test_never_a_prompt_on_an_empty_seat():
    seat = Seat().sit(1215)
    assert seat.of(records.PROMPT) == [] or seat.second - seat.of(records.PROMPT)[0][0] < 20
    prompts = len(seat.of(records.PROMPT))
    seat.stand(40)
    assert len(seat.of(records.PROMPT)) == prompts


def test_standing_up_is_no_shift():
    seat = Seat().sit(60).sit(12, 500, 500, 500).stand(30).sit(30)
    assert seat.of(records.SHIFT) == []


def test_a_shift_is_told_with_its_side():
    seat = Seat().sit(60).sit(20, left=1500).sit(30)
    ((_, values),) = seat.of(records.SHIFT)
    assert values[1] == 20000 and values[2] == 1 and values[3] < 300


def test_a_bag_is_an_object_and_brings_no_prompt_and_no_dose():
    seat = Seat().sit(2000, fidget=False)
    assert [values[0] for _, values in seat.of(records.OBJECT)] == [1]
    assert seat.of(records.PROMPT) == [] and seat.engine.decisions.left.dose.cs <= 61000


def test_a_gap_is_neither_load_nor_rest():
    seat = Seat().sit(600)
    before = seat.engine.decisions.left.dose.cs, seat.engine.decisions.seated_s()
    seat.gap(1200)
    assert (seat.engine.decisions.left.dose.cs, seat.engine.decisions.seated_s()) == before
    seat.sit(30)
    assert [values[1:3] for _, values in seat.of(records.UNKNOWN)] == [[1200000, 1]]
    assert seat.of(records.BREAK) == [] and [values[4] for _, values in seat.of(records.STOOD)] == [1]


def test_a_gap_in_a_break_does_not_verify_it():
    seat = Seat().sit(600).stand(100).gap(60).stand(100)
    assert seat.engine.decisions.seated_s() == 16  # 600 s, a sixth of it, and a sixth of that
    assert seat.stand(30).engine.decisions.seated_s() == 0


def test_one_dead_side_leaves_the_other_and_the_timer_at_work():
    seat = Seat().sit(1300, left=NO_READING)
    assert [values[1:4] for _, values in seat.of(records.PROMPT)] == [[1, 2, 1]]
    assert seat.of(records.FAULT)[0][1][:3] == [0, 1, 1]
    assert seat.engine.decisions.left.dose.cs == 0


def test_a_wire_that_came_off_is_not_rest():
    seat = Seat().sit(300).sit(300, left=0)
    ((second, values),) = seat.of(records.FAULT)
    assert values[:3] == [0, 6, 1] and second <= 320
    assert seat.engine.decisions.left.dose.cs > 14000


def test_a_side_that_weakened_is_found_by_imbalance_and_is_not_rest():
    seat = Seat().sit(700, left=1000)
    assert [values[:3] for _, values in seat.of(records.FAULT)] == [[0, 5, 1]]
    held = seat.engine.decisions.left.dose.cs
    seat.sit(300, left=0)
    assert seat.engine.decisions.left.dose.cs == held


def test_both_sides_dead_still_prompt_by_time():
    seat = Seat().sit(1900, left=NO_READING, right=NO_READING)
    assert [values[3] for _, values in seat.of(records.PROMPT)] == [2]
    assert seat.engine.decisions.left.u == -1


def test_a_tare_that_is_used_up_is_recorded_once_until_a_new_calibration():
    seat = Seat().sit(60).stand(100).sit(300, 400, 0, 0, False)
    assert seat.of(records.FAULT) == [] and not seat.engine.calibration.wants_recalibration
    seat.sit(600, 800, 0, 0, False)
    assert [values[:3] for _, values in seat.of(records.FAULT)] == [[0, 7, 1]]
    assert seat.engine.calibration.wants_recalibration and seat.engine.quality(0) == 0
    seat.engine.use_calibration(Calibration())
    seat.stand(240)
    assert [values[:3] for _, values in seat.of(records.FAULT)] == [[0, 7, 1], [0, 7, 0]]


def test_vibration_blinds_the_sensors_for_a_moment_only():
    seat = Seat().sit(100).blind(3).sit(10)
    assert seat.of(records.UNKNOWN) == [] and seat.of(records.STOOD) == []
    seat.blind(10).sit(10)
    assert [values[2] for _, values in seat.of(records.UNKNOWN)] == [2]


def test_quiet_hours_suppress_and_say_so():
    seat = Seat().sit(1300, minute=23 * 60)
    assert seat.of(records.PROMPT) == [] and seat.of(records.SUPPRESSED)[0][1][2] == 1


def test_buttons():
    seat = Seat().sit(1260)
    assert seat.engine.decisions.press(1)
    assert seat.engine.decisions.press(2)
    assert seat.engine.decisions.press(3)
    seat.sit(1)
    assert [values[1] for _, values in seat.of(records.OUTCOME)] == [5]
    assert seat.of(records.SYMPTOM) and seat.of(records.MUTE)[0][1][:2] == [3600, 1]
    assert seat.engine.decisions.press(1) is False  # the first snooze still runs
    assert seat.sit(1).of(records.SNOOZE)[-1][1][:2] == [600, 0]


def test_a_button_never_makes_a_break():
    seat = Seat().sit(1260)
    for gesture in (1, 2, 3, 4):
        seat.engine.decisions.press(gesture)
    seat.sit(5)
    assert seat.of(records.BREAK) == [] and seat.engine.decisions.seated_s() > 1200


def test_an_epoch_every_ten_seconds_while_seated():
    seat = Seat().sit(63)
    seconds = [second for second, _ in seat.epochs[1:]]
    assert seconds == [12, 22, 32, 42, 52, 62]
    assert seat.epochs[-1][1][9] == 2 and seat.epochs[-1][1][11] == 10


def test_an_empty_seat_is_told_every_four_minutes():
    seat = Seat().stand(1800)
    assert [second for second, _ in seat.epochs] == [240, 480, 720, 960, 1200, 1440, 1680]


def test_an_epoch_tells_the_state_of_its_own_seconds():
    seat = Seat().stand(100).sit(45).stand(60)
    seat.engine.close_epoch()
    seat.stand(1).engine.close_epoch()
    seat.stand(1)
    seconds = [0, 0, 0]
    for _, values in seat.epochs:
        seconds[values[9]] += values[11]
    assert sum(seconds) == 206 and abs(seconds[2] - 45) <= 3, seconds


def test_a_lowered_limit_caps_the_dose():
    seat = Seat().sit(1200)
    seat.engine.settings.change("left_dose_limit_s", 300, 0)
    seat.engine.decisions.settings_changed()
    assert seat.engine.decisions.left.dose.cs == 90000
