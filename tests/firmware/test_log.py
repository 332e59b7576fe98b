"""The log on a real littlefs, on the real Unix port: numbering, restarts, damage, eviction, what a host can read."""

import json
import textwrap

import pytest

from tests.firmware.on_unix import on_unix

HELPERS = """
from cushion.core import field_names  # while its file system is still the one in use

def add(the_log, count, start_s=0):
    for index in range(count):
        the_log.add(records.BUTTON, records.payload_of(records.BUTTON, (1,)), start_s + index, 0, 0)
        the_log.commit()

def read(folder="/log", since=0):
    for path, start, end in segments.extent(folder, since):
        with open(path, "rb") as file:
            file.seek(start)
            while True:
                block = file.read(512)
                if not block:
                    break
                yield block

def seqs(folder="/log", since=0):
    found = []
    for block in read(folder, since):
        try:
            header = blocks.read_header(block)
            seq = header.first_seq
            for kind, dt_ms, payload in blocks.walk(block, header):
                found.append((seq, header.session))
                seq += 1
        except blocks.DamagedBlock as error:
            found.append(str(error))
    return found

def told():
    found = []
    for block in read():
        for kind, dt_ms, payload in blocks.walk(block, blocks.read_header(block)):
            if kind in (records.EVICTED, records.DROPPED):
                found.append((kind, records.fields_of(kind, payload)))
    return found
"""


def with_log(code, blocks=128, **changed):
    """What `code` printed. It has a new `device` of so many blocks, a `the_log` on it, and the functions above;
    constants of `log` may be changed."""
    begin = [f"device = flash.fresh({blocks})"]
    begin += [f"log.{name} = {value}" for name, value in changed.items()]
    begin += ['the_log = log.Log(b"abcdef")', ""]
    return on_unix(HELPERS + "\n".join(begin) + textwrap.dedent(code))


def test_numbers_go_on_over_restarts_and_power_cuts():
    out = with_log(
        """
        for start in range(6):
            the_log = log.Log(b"abcdef")
            add(the_log, 50)
            if start % 2:
                the_log.close()
            flash.power_cut(device)
        found = seqs()
        print([seq for seq, _ in found] == list(range(1, 301)), sorted(set(session for _, session in found)))
        print(len(os.listdir("/log")))
        """
    )
    assert out.splitlines() == ["True [1, 2, 3, 4, 5, 6]", "1"]


def test_what_was_not_committed_is_not_durable_and_its_number_is_given_again():
    out = with_log(
        """
        add(the_log, 3)
        the_log.add(records.BUTTON, b"x", 9, 0, 0)
        print(the_log.durable_seq, the_log.next_seq())
        flash.power_cut(device)
        the_log = log.Log(b"abcdef")
        print(the_log.durable_seq, the_log.next_seq(), the_log.session)
        """
    )
    assert out.splitlines() == ["3 5", "3 4 2"]


def test_damage_stays_in_its_block_and_skips_the_numbers_it_may_have_held():
    out = with_log(
        """
        add(the_log, 200)
        the_log.close()
        name = "/log/" + os.listdir("/log")[0]
        data = bytearray(open(name, "rb").read())
        data[512 + 60] ^= 1
        with open(name, "wb") as file:
            file.write(data)
        found = seqs()
        print([item for item in found if isinstance(item, str)], found[0][0], found[-1][0])
        the_log = log.Log(b"abcdef")
        print(the_log.next_seq() > 200, len(os.listdir("/log")))
        add(the_log, 1)
        print(len(os.listdir("/log")))
        """
    )
    assert out.splitlines() == ["['record fails its check'] 1 200", "True 1", "2"]


def test_a_full_flash_evicts_the_oldest_segments_and_says_so():
    out = with_log(
        """
        add(the_log, 9000)
        found = [seq for seq, _ in seqs()]
        last = the_log.durable_seq
        print(last > 9000, found == list(range(found[0], last + 1)), found[0] == the_log.first_seq())
        gone = told()
        print(len(gone) > 1, all(gone[i][1]["last_seq"] < gone[i + 1][1]["first_seq"] for i in range(len(gone) - 1)))
        print(gone[-1][1]["last_seq"] + 1 == found[0], the_log.failed_writes)
        """,
        blocks=40,
        RESERVE_BYTES=110 * 1024,
        SEGMENT_BLOCKS=16,
    )
    assert out.splitlines() == ["True True True", "True True", "True 0"]


def test_reads_from_any_number_on_no_more_than_a_block_too_early():
    out = with_log(
        """
        add(the_log, 700)
        for since in (0, 1, 5, 100, 350, 699, 700, 701):
            found = [seq for seq, _ in seqs(since=since)]
            print(since, found[-1], max(0, since - found[0]) < 68, set(range(max(1, since), 701)) <= set(found))
        """,
        SEGMENT_BLOCKS=4,
    )
    assert out.splitlines() == [f"{n} 700 True True" for n in (0, 1, 5, 100, 350, 699, 700, 701)]


def test_a_long_pause_begins_a_new_block():
    out = with_log(
        """
        add(the_log, 1, 0)
        add(the_log, 1, 600000)
        add(the_log, 1, 1200001)
        data = open("/log/" + os.listdir("/log")[0], "rb").read()
        print([blocks.read_header(data[at:]).base_s for at in range(0, len(data), 512)])
        """
    )
    assert out.splitlines() == ["[0, 600000, 1200001]"]


def test_a_flash_without_space_gives_up_the_oldest_and_goes_on_without_a_gap():
    out = with_log(
        """
        add(the_log, 6000)
        found = [seq for seq, _ in seqs()]
        print(the_log.failed_writes > 0, the_log.durable_seq > 6000)
        print(sorted(set(found)) == list(range(found[0], the_log.durable_seq + 1)), len(told()) > 0)
        """,
        blocks=14,
        RESERVE_BYTES=0,
        SEGMENT_BLOCKS=16,
    )
    assert out.splitlines() == ["True True", "True True"]


def test_what_a_flash_refused_is_written_in_a_new_segment_with_its_own_numbers():
    out = with_log(
        """
        add(the_log, 10)
        device.refuses = True
        the_log.add(records.SYMPTOM, records.payload_of(records.SYMPTOM, (1, 2, 3, 2)), 11, 0, 0)
        print(the_log.commit(), the_log.durable_seq, the_log.next_seq())
        device.refuses = False
        add(the_log, 3, 12)
        print(the_log.durable_seq, [seq for seq, _ in seqs()] == list(range(1, 15)), len(os.listdir("/log")))
        flash.power_cut(device)
        print(log.Log(b"abcdef").durable_seq)
        """
    )
    assert out.splitlines() == ["False 10 12", "14 True 2", "14"]


def test_a_flash_that_refuses_for_long_costs_the_oldest_records_and_their_number_is_told():
    out = with_log(
        """
        add(the_log, 10)
        device.refuses = True
        add(the_log, 100, 11)
        device.refuses = False
        add(the_log, 1, 200)
        print(told(), [seq for seq, _ in seqs()] == list(range(1, the_log.durable_seq + 1)))
        print(the_log.durable_seq == 10 + 100 + 1 - told()[0][1]["count"] + 1)
        """
    )
    assert out.splitlines() == ["[(24, {'count': 37})] True", "True"]


def test_an_erased_log_is_another_log():
    out = with_log(
        """
        add(the_log, 3)
        hosts = acks.Acks(the_log.log_id, the_log.durable_seq)
        for host in range(10):
            hosts.take("host" + str(host), 1)
        hosts.take("me", 2)
        again = log.Log(b"abcdef")
        kept = acks.Acks(again.log_id, again.durable_seq)
        print(again.log_id == the_log.log_id != 0, kept.of("me"), kept.of("host9"), kept.of("host2"), kept.highest())
        for name in os.listdir("/log"):
            os.remove("/log/" + name)
        other = log.Log(b"abcdef")
        print(other.log_id != again.log_id, acks.Acks(other.log_id, other.durable_seq).of("me"))
        """
    )
    assert out.splitlines() == ["True 2 1 0 2", "True 0"]


ATOMIC = """
        import json
        device = flash.fresh()
        chosen = settings.Settings()
        chosen.change("snooze_s", 300, 0)
        settings_file.save_settings(chosen)
        chosen.change("snooze_s", 360, 0)
        settings_file.save_settings(chosen)
        {damage}
        loaded, source, problems = settings_file.load_settings()
        print(json.dumps([loaded.snooze_s, loaded.version, source, problems]))
        """


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        ("", [360, 2, "file", []]),
        ("file = open(settings_file.SETTINGS, 'w'); file.write('{'); file.close()", [300, 1, "last good", []]),
        ("os.remove(settings_file.SETTINGS)", [300, 1, "last good", []]),
        ("os.remove(settings_file.SETTINGS); os.remove(settings_file.SETTINGS + '.old')", [600, 0, "default", []]),
        (
            "state = chosen.to_state(); state['values']['snooze_s'] = 5000; atomic.save(settings_file.SETTINGS, state)",
            [900, 2, "file", ["snooze_s = 5000 is out of range; give 300 to 900 s"]],
        ),
        (
            "atomic.save(settings_file.SETTINGS, {'hello': 1})",
            [600, 0, "default", ["not a settings record"]],
        ),
    ],
)
def test_settings_are_the_file_or_the_last_good_one_or_the_defaults(damage, expected):
    out = on_unix(ATOMIC.format(damage=damage))
    assert json.loads(out) == expected
