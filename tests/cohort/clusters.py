"""A Spark cluster of real processes on this machine, for tests."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE_S = 180  # for a JVM to start on a busy machine


class Worker:
    """One worker with its executors."""

    def __init__(self, home: Path, master: str, folder: Path) -> None:
        words = ["worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "1g", "--work-dir", str(folder)]
        self._process = _spark(home, [*words, master], folder)

    def kill(self) -> None:
        """As a power cut would: the worker and its executors, at once. Killing it again does nothing."""
        if self._process.poll() is not None:
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[Worker]]]:
    """The master's address and the workers, once all have registered."""
    import pyspark

    home, port = Path(pyspark.__file__).parent, _free_port()
    address = f"spark://127.0.0.1:{port}"
    (folder / "master").mkdir()
    words = ["master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
    master = _spark(home, words, folder / "master")
    started: list[Worker] = []
    try:
        for number in range(workers):
            (folder / f"worker{number}").mkdir()
            started.append(Worker(home, address, folder / f"worker{number}"))
        _await_registered(folder / "master" / "log", workers)
        yield address, started
    finally:
        for worker in started:
            worker.kill()
        os.killpg(master.pid, signal.SIGKILL)
        master.wait()


def _spark(home: Path, words: list[str], folder: Path) -> subprocess.Popen[bytes]:
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{words[0]}", *words[1:]]
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_HOME": str(home)}
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)


def _await_registered(log: Path, workers: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while log.read_text().count("Registering worker") < workers:
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
