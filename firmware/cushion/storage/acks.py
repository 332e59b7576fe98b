"""How far each host has the log on its own disk: what it has acknowledged, kept across restarts."""

from cushion.core.const import const
from cushion.storage import atomic, settings_file

PATH = settings_file.FOLDER + "/acks.json"
_MOST_HOSTS = const(8)  # beyond, the one that hasn't synced for longest is forgotten


class Acks:
    """The cursors of the hosts of one log; those of a log that was erased since count no more."""

    def __init__(self, log_id, durable_seq):
        self._log_id = log_id
        self._hosts: list = []  # [host, seq], the last to sync last
        state, _ = atomic.load(PATH)
        try:
            if state is not None and state["log"] == log_id:
                self._hosts = [[str(host), int(seq)] for host, seq in state["hosts"] if int(seq) <= durable_seq]
        except (KeyError, TypeError, ValueError):
            pass  # not such a file: as if nobody had synced; nothing is evicted sooner for it

    def take(self, host, seq):
        """Keeps that `host` has everything up to `seq` on its disk."""
        if self.of(host) == seq:
            return
        self._hosts = [kept for kept in self._hosts if kept[0] != host][1 - _MOST_HOSTS :] + [[host, seq]]
        settings_file.make_folder()
        atomic.save(PATH, {"log": self._log_id, "hosts": self._hosts})

    def of(self, host):
        """What a host has acknowledged, 0 for one that is not known."""
        for known, seq in self._hosts:
            if known == host:
                return seq
        return 0

    def highest(self):
        """The last record that some host has."""
        return max([seq for _, seq in self._hosts] + [0])
