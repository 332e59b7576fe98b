"""What the cohort's tests share: a server that speaks S3, stores written down by hand, a study's mask."""

import logging
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sitbone.dates import midnight
from sitbone.store.store import Store
from tests.host.test_cushions import OFFICE, keep, log_from, sits

for module in ("duckdb", "pyarrow", "statsmodels"):
    pytest.importorskip(module)

from sitbone.cohort.lake import Lake, Study  # noqa: E402 - after the check that its packages are there
from sitbone.cohort.privacy import Mask  # noqa: E402

NOON = midnight(datetime(2026, 3, 2).astimezone().date()) + timedelta(hours=12)
KEY = bytes(range(32))


@pytest.fixture
def mask() -> Mask:
    return Mask(KEY, "pilot", shift_dates=False)


@pytest.fixture
def lake(tmp_path: Path, mask: Mask) -> Lake:
    return Lake.make(str(tmp_path / "lake"), Study("pilot", mask.check()))


@pytest.fixture
def store_of(tmp_path: Path) -> Callable[..., Path]:
    """Writes a store with one sit of 29 minutes on each of so many days, from 2 March 2026 on, ``apart`` days apart."""

    def write(name: str, days: int, apart: int = 1) -> Path:
        path = tmp_path / f"{name}.sqlite"
        with Store(path) as store:
            log = log_from(NOON)
            for _ in range(days):
                start_ms = log.now_ms
                sits(log, 29)
                log.now_ms = start_ms + apart * 86_400_000
            keep(store, OFFICE, log)
        return path

    return write


@pytest.fixture(scope="session")
def bucket() -> Iterator[Callable[[str], str]]:
    """Addresses of lakes on a server that speaks S3, by name."""
    moto = pytest.importorskip("moto.server")
    boto3 = pytest.importorskip("boto3")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    before = dict(os.environ)
    os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}
    boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1").create_bucket(Bucket="lakes")
    yield lambda name: f"s3://lakes/{name}?scheme=http&region=us-east-1&endpoint_override={host}%3A{port}"
    server.stop()
    os.environ.clear()
    os.environ |= before
