"""Runs on the Unix port: a scripted day on a real littlefs, and at each of its flash writes the power is cut.

The live file system calls its block device; before a write is done there, the flash is copied, the write is left
undone or done in part on the copy, and the copy is started from: mounted, read, written on. So each write
and erase of the day is a cut, and the day itself goes on untouched.

Checked on each copy:
- the records in the log are those that were given to it, in order, each once, none besides (but the log's own);
- each record of a commit that had returned is among them, or an `evicted` record says that it was removed;
- the firmware's storage starts from it, goes on numbering where that log ends, and what it writes is there after that;
- settings, and the hosts' cursors, are those last saved, or those being saved, whole.

Usage: power_cuts.py EPOCH_S SHARD SHARDS SEED MODES PLANTED. MODES is how many kinds of cut each write gets, 1 to 3:
not done at all, up to some byte, some bits of it. PLANTED spoils the storage, to show that it is noticed: "" is none.
Prints one line: cuts, writes, erases, records.
"""

import os
import random
import sys
from binascii import crc32

import flash
import vfs

from cushion.core import blocks, records, settings
from cushion.storage import acks, atomic, log, settings_file

BLOCKS = 40
log.SEGMENT_BLOCKS = 6
log.RESERVE_BYTES = BLOCKS * flash.BLOCK - 44 * 1024  # so that a day evicts many times
UNDONE, PARTLY, GARBLED = 0, 1, 2


class Live(flash.Ram):
    """The flash of the day; `cut` hears of each write before it is done."""

    def __init__(self, blocks):
        super().__init__(blocks)
        self.cut = None
        self.writes = self.erases = 0

    def writeblocks(self, block, buffer, offset=0):
        self.writes += 1
        if self.cut:
            self.cut(block * flash.BLOCK + offset, buffer)
        super().writeblocks(block, buffer, offset)

    def ioctl(self, op, argument):
        if op == 6:
            self.erases += 1
            if self.cut:
                self.cut(argument * flash.BLOCK, ERASED)
        return super().ioctl(op, argument)


ERASED = b"\xff" * flash.BLOCK


def look_at(root):
    """Settings and cursors are read and written under `root` from here on."""
    settings_file.FOLDER = root + "/etc"
    settings_file.SETTINGS = settings_file.FOLDER + "/settings.json"
    acks.PATH = settings_file.FOLDER + "/acks.json"


class Truth:
    """What was given to the storage, and how much of it had been acknowledged."""

    def __init__(self):
        self.given = []
        self.index = {}  # of each given record
        self.acknowledged = 0
        self.settings = [0]  # snooze_s of what a start may find: what was saved, or that and what is being saved
        self.cursors = [{}]

    def give(self, record):
        self.index[record] = len(self.given)
        self.given.append(record)


class Cutter:
    """Cuts the power at each write of its shard."""

    def __init__(self, live, truth, shard, shards, modes):
        self.live, self.truth = live, truth
        self.shard, self.shards, self.modes = shard, shards, modes
        self.at = self.cuts = 0
        self.copy = flash.Ram(live.blocks)
        self.known = {}  # segments already read: (name, size, crc) -> records
        self.failure = None

    def __call__(self, start, new):
        self.at += 1
        if self.at % self.shards != self.shard or self.failure:
            return
        first = random.randint(UNDONE, GARBLED)
        for mode in range(self.modes):
            kind = (first + mode) % (GARBLED + 1)
            data = self.copy.data
            data[:] = self.live.data
            self._do(kind, data, start, new)
            self.cuts += 1
            try:
                self._start_anew()
            except BaseException as error:  # noqa: BLE001  the storage around this would take an OSError for its own
                self.failure = (self.at, kind, error)
                return

    def _do(self, kind, data, start, new):
        size = len(new)
        if kind == PARTLY:
            count = random.randint(0, size)
            data[start : start + count] = bytes(new)[:count]
        elif kind == GARBLED:
            # Some bits of it are done, others not: a cell between 0 and 1 may read as either.
            for at in range(start, start + size, random.randint(1, 5)):
                mask = random.getrandbits(8)
                data[at] = (data[at] & mask) | (new[at - start] & ~mask & 0xFF)

    # ---- what a start finds

    def _start_anew(self):
        vfs.mount(vfs.VfsLfs2(self.copy), "/cut")
        look_at("/cut")
        try:
            self._check_settings()
            self._check_log()
        finally:
            look_at("/live")
            vfs.umount("/cut")

    def _check_log(self):
        the_log = log.Log(b"abcdef", "/cut/log")
        found = self._read()
        last_seq, last_session = (found[-1][0], found[-1][1]) if found else (0, 0)
        self._compare(found)
        assert the_log.durable_seq == last_seq, "numbers go on at {} after {}".format(the_log.durable_seq, last_seq)
        assert the_log.session == last_session + 1, "session {} after {}".format(the_log.session, last_session)
        if the_log.durable_seq:
            cursors = acks.Acks(the_log.log_id, the_log.durable_seq)
            assert dict(cursors._hosts) in self.truth.cursors, "cursors {}".format(cursors._hosts)
        press = records.payload_of(records.BUTTON, (self.cuts & 255,))
        for _ in range(2):
            the_log.add(records.BUTTON, press, 0, 7, 0)
        assert the_log.commit(), "the log takes nothing more"
        the_log.close()
        again = self._read()
        own = len(again) - len([row for row in again if row[2] in log.OWN_KINDS])
        assert own >= 2
        assert again[-1][0] == the_log.durable_seq
        assert [row[2:] for row in again[-2:]] == [(records.BUTTON, 7, press)] * 2, "what was written on is not there"

    def _read(self):
        """(seq, session, kind, mono_ms, payload) of each record in the copy's log."""
        found = []
        for name in sorted(os.listdir("/cut/log")):
            with open("/cut/log/" + name, "rb") as file:
                data = file.read()
            key = (name, len(data), crc32(data))
            if key not in self.known:
                if len(self.known) > 64:
                    self.known.clear()
                self.known[key] = decode(data)
            found += self.known[key]
        return found

    def _compare(self, found):
        truth = self.truth
        seqs = [row[0] for row in found]
        assert not seqs or seqs == list(range(seqs[0], seqs[0] + len(seqs))), "numbers with gaps or twice"
        given = [row[2:] for row in found if row[2] not in log.OWN_KINDS]
        first = truth.index[given[0]] if given else len(truth.given)
        assert given == truth.given[first : first + len(given)], "records that were not given, or not in order"
        assert (first + len(given) if given else 0) >= truth.acknowledged, "an acknowledged record is lost"
        gone = 0
        for row in found:
            if row[2] == records.EVICTED:
                gone = max(gone, records.fields_of(row[2], row[4])["last_seq"])
        assert not seqs or seqs[0] <= gone + 1, "records before {} went untold ({})".format(seqs[0], gone)

    def _check_settings(self):
        loaded, source, problems = settings_file.load_settings()
        known = self.truth.settings
        found = 0 if source == "default" else loaded.snooze_s
        assert found in known, "settings {} {}".format(source, found)
        assert not problems
        if self.cuts % 4 == 0:
            loaded.change("snooze_s", 301 + self.cuts % 500, 0)
            settings_file.save_settings(loaded)
            again, source, _ = settings_file.load_settings()
            assert (again.snooze_s, source) == (loaded.snooze_s, "file"), "settings can't be saved any more"


def decode(data):
    found = []
    for at in range(0, len(data), 512):
        block = memoryview(data)[at : at + 512]
        header = blocks.read_header(block)
        base_ms, seq = header.base_s * 1000 + header.base_ms, header.first_seq
        for kind, dt_ms, payload in blocks.walk(block, header):
            found.append((seq, header.session, kind, base_ms + dt_ms, payload))
            seq += 1
    return found


class Day:
    """The script: seated epochs, events, changed settings, two hosts, restarts."""

    def __init__(self, truth, epoch_s):
        self.truth, self.epoch_s = truth, epoch_s
        self.second = self.count = 0
        self.the_log = None
        self.settings = settings.Settings()

    def run(self):
        self.restart()
        while self.second < 9 * 3600:
            self.second += self.epoch_s
            self.count += 1
            self.epoch()
            if self.count % 11 == 0:
                self.event()
            if self.count % 45 == 0:
                self.change_settings()
            if self.count % 60 == 0:
                self.acknowledge("laptop" if self.count % 120 else "desk")
            if self.count % 97 == 0:
                self.restart()

    def give(self, kind, *values):
        payload = records.payload_of(kind, values)
        self.truth.give((kind, self.second * 1000 + self.count % 1000, payload))
        self.the_log.add(kind, payload, self.second, self.count % 1000, 0)

    def commit(self):
        assert self.the_log.commit(), "the flash refused"
        self.truth.acknowledged = len(self.truth.given)

    def epoch(self):
        wobble = random.randint(-40, 40)
        load = (5000 + wobble, 5100 - wobble, 2100, 2000, 900 + wobble // 5, 910 - wobble // 5)
        self.give(records.EPOCH, *(load + (self.second * 99, self.second * 98, self.second, 2, 0, self.epoch_s)))
        self.commit()

    def event(self):
        self.give(records.PROMPT, self.count, 1, 1, 1, 120000, 110000, 1400, 1200, 1200, 1800)
        self.give(records.SHIFT, 1000, 17000 + self.count, 1, 600)
        self.commit()

    def change_settings(self):
        was = self.settings.snooze_s
        now = self.settings.change("snooze_s", 300 + self.count % 600, 0)
        self.truth.settings = [self.truth.settings[-1], now]
        change = {"changes": [[7, was, now, "the script"]], "undoes": 0}
        settings_file.save_settings(self.settings, change)
        self.truth.settings = [now]
        self.give(records.CHANGES, self.settings.version, 0, 1)
        self.give(records.SETTING, 7, was, now, "the script")
        self.commit()
        settings_file.settings_logged(self.settings)

    def acknowledge(self, host):
        cursors = acks.Acks(self.the_log.log_id, self.the_log.durable_seq)
        before = self.truth.cursors[-1]
        after = dict(before)
        after[host] = self.the_log.durable_seq
        self.truth.cursors = [before, after]
        cursors.take(host, self.the_log.durable_seq)
        self.truth.cursors = [after]

    def restart(self):
        self.the_log = log.Log(b"abcdef", "/live/log")
        self.second += 1
        self.give(records.BOOT, 1, 0, 0, 1, self.count & 255, 0)
        self.commit()


def plant(what):
    """Breaks a promise of the storage."""
    if what == "no flush":
        log.Log._append = unflushed
    elif what == "a record twice":
        works = blocks.Writer.add
        blocks.Writer.add = lambda self, *record: works(self, *record) and (record[0] != 8 or works(self, *record))
    elif what == "settings in place":
        atomic.save = save_in_place
    elif what == "evicts untold":
        log.Log._log_evicted = lambda self, names: None


def unflushed(the_log):
    the_log._file.write(bytes([255]) * the_log._pad + bytes(the_log._view[the_log._written : the_log._writer.used]))
    the_log._written, the_log._pad = the_log._writer.used, 0


def save_in_place(path, document):
    line = atomic.json.dumps(document)
    with open(path, "wb") as file:
        for byte in (line + "\n" + str(crc32(line.encode())) + "\n").encode():
            file.write(bytes([byte]))
            file.flush()


def main(epoch_s, shard, shards, seed, modes, planted):
    plant(planted)
    live = Live(BLOCKS)
    vfs.VfsLfs2.mkfs(live)
    vfs.mount(vfs.VfsLfs2(live), "/live")
    look_at("/live")
    random.seed(seed)
    truth = Truth()
    cutter = Cutter(live, truth, shard, shards, modes)
    os.mkdir("/live/log")
    live.cut = cutter
    try:
        Day(truth, epoch_s).run()
    except AssertionError as error:
        cutter.failure = cutter.failure or (0, 0, error)
    if cutter.failure:
        at, kind, error = cutter.failure
        print("write {}, cut {}:".format(at, kind))
        sys.print_exception(error)
        sys.exit(1)
    print(cutter.cuts, live.writes, live.erases, len(truth.given))


main(*[int(word) for word in sys.argv[1:6]], sys.argv[6])
