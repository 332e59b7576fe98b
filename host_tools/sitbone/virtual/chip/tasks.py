# asyncio's task queue and task in Python: the Unix port's C versions take the time from the interpreter's own clock and
# know no wrap at 2^30, the chip's do both with the chip's ticks. Few tasks wait at once: a sorted list is enough.
from time import ticks_diff, ticks_ms

_core = None


def _the_core():
    global _core
    if _core is None:
        from asyncio import core

        _core = core
    return _core


class TaskQueue:
    def __init__(self):
        self._head = None

    def peek(self):
        return self._head

    def push(self, task, key=None):
        task.data = None
        task.ph_key = key = ticks_ms() if key is None else key
        before = None
        node = self._head
        while node is not None and ticks_diff(node.ph_key, key) <= 0:  # equal keys keep their order
            before = node
            node = node.next
        task.next = node
        if before is None:
            self._head = task
        else:
            before.next = task

    def pop(self):
        task = self._head
        self._head = task.next
        task.next = None
        return task

    def remove(self, task):
        if self._head is task:
            self.pop()
            return
        node = self._head
        while node is not None:
            if node.next is task:
                node.next = task.next
                task.next = None
                return
            node = node.next


class Task:
    def __init__(self, coro, globals=None):
        self.coro = coro
        self.data = None  # what it waits on
        self.state = True  # True: running, nobody waits; a TaskQueue: of those who wait; None or False: done
        self.ph_key = 0
        self.next = None

    def __iter__(self):
        if not self.state:
            self.state = False  # finished, and somebody has asked: its exception is not "never retrieved"
        elif self.state is True:
            self.state = TaskQueue()
        elif type(self.state) is not TaskQueue:
            raise RuntimeError("can't wait")
        return self

    def __next__(self):
        if not self.state:
            raise self.data
        waiter = _the_core().cur_task
        self.state.push(waiter)
        waiter.data = self

    def done(self):
        return not self.state

    def cancel(self):
        core = _the_core()
        if not self.state:
            return False
        if self is core.cur_task:
            raise RuntimeError("can't cancel self")
        task = self
        while isinstance(task.data, Task):  # it waits on another: that one is cancelled
            task = task.data
        if hasattr(task.data, "remove"):  # in some other queue (event, lock, stream)
            task.data.remove(task)
            core._task_queue.push(task)
        elif ticks_diff(task.ph_key, ticks_ms()) > 0:  # asleep: due now
            core._task_queue.remove(task)
            core._task_queue.push(task)
        task.data = core.CancelledError
        return True
