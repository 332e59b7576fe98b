"""What makes the next prompt wait: the budgets of an hour and a day, the time after an episode, a snooze.

All of it through the engine's own step; each at both sides of its edge, in the numbers of core/README.md.
"""

from sitter import Sitter, due, prompted

from cushion.core import records
from cushion.core.records import CAUSE_DOSE, SIDE_LEFT

MISSED, SUPPRESSED = 4, 6
LOW_BATTERY, HOUR, DAY = 8, 64, 128
SHORT = 1


def test_three_prompts_an_hour():
    """Each is ended by the battery after a second, and ten minutes later the next may come."""
    sitter = Sitter(1500).sit(60).wait(1)
    for _ in range(2):
        sitter.skip(599).sit(1).wait(1)
    assert [second for second, _, _, _ in sitter.prompts()] == [60, 661, 1262]
    sitter.skip(2395).sit(1)  # 3658 s after the start
    assert sitter.suppressed() == [(3659, CAUSE_DOSE, SIDE_LEFT, HOUR)]
    assert sitter.sit(1).prompts()[3:] == [(3660, 1, SIDE_LEFT, CAUSE_DOSE)]


def test_sixteen_prompts_a_day():
    sitter = Sitter(1500).sit(60).wait(1)
    for _ in range(15):
        sitter.skip(1198).sit(1).wait(1)
    assert [second for second, _, _, _ in sitter.prompts()] == list(range(60, 18061, 1200))
    sitter.skip(68397).sit(1)
    assert sitter.suppressed() == [(86459, CAUSE_DOSE, SIDE_LEFT, DAY)]
    assert sitter.sit(1).prompts()[16:] == [(86460, 1, SIDE_LEFT, CAUSE_DOSE)]


def test_ten_minutes_after_an_episode():
    sitter = prompted().wait(1).skip(598).sit(1)
    assert len(sitter.prompts()) == 1 and sitter.outcomes() == [(101, SUPPRESSED, 1, 0, LOW_BATTERY)]
    assert sitter.sit(1).prompts()[1:] == [(701, 1, SIDE_LEFT, CAUSE_DOSE)]


def test_fifteen_minutes_where_prompts_have_become_noise():
    sitter = Sitter(1500)
    for _ in range(20):
        sitter.decisions.prompter.responses.take(MISSED, 0)
    sitter.sit(60).wait(1).skip(898).sit(1)
    assert len(sitter.prompts()) == 1
    assert sitter.sit(1).prompts()[1:] == [(961, 1, SIDE_LEFT, CAUSE_DOSE)]


def test_a_snooze():
    sitter = due().sit(50).press(SHORT).skip(500).sit(99)
    assert sitter.prompts() == [] and sitter.of(records.SNOOZE) == [(551, 600, 1)]
    assert sitter.sit(1).prompts() == [(650, 1, SIDE_LEFT, CAUSE_DOSE)]
    assert sitter.sit(200).prompts()[1:] == []  # and gently


def test_a_snooze_is_as_long_as_was_set():
    sitter = due(snooze_s=300).sit(50).press(SHORT).skip(200).sit(99)
    assert sitter.prompts() == []
    assert sitter.sit(1).prompts() == [(350, 1, SIDE_LEFT, CAUSE_DOSE)]


def test_two_snoozes_in_a_row_until_a_break_is_verified():
    sitter = Sitter(snooze_s=300).sit(50).press(SHORT)
    assert sitter.decisions.press(SHORT) is False  # one runs
    assert sitter.skip(300).press(SHORT).skip(300).decisions.press(SHORT) is False
    assert sitter.stand(119).decisions.press(SHORT) is False
    assert sitter.stand(1).decisions.press(SHORT) is True


def test_six_snoozes_a_day():
    sitter = Sitter(snooze_s=300)
    for _ in range(3):
        sitter.press(SHORT).skip(300).press(SHORT).skip(300).stand(120).sit(30)
        sitter.log.clear()
    assert sitter.skip(86400 - 2251).decisions.press(SHORT) is False
    assert sitter.skip(1).decisions.press(SHORT) is True
