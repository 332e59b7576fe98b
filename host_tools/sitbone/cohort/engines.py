"""The two engines: each takes the tables of a lake and the text of analysis.sql, and gives back Arrow tables."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from sitbone.cohort import schema
from sitbone.cohort.lake import Lake, Manifest
from sitbone.errors import SitboneError

ENGINES = ("duckdb", "spark")
READ = ("days", "prompts", "pain")  # the tables that the analysis reads
MEMORY = "1GB"
# DuckDB would fetch extensions from the network by itself.
NOTHING_FETCHED = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
MIN_JAVA = 17


class Engine(Protocol):
    """``make`` gives a query's rows a name; ``rows`` brings a named table here, as a `pyarrow.Table`."""

    def make(self, name: str, sql: str) -> None: ...
    def rows(self, name: str, columns: str, order: str) -> Any: ...


def sections() -> dict[str, str]:
    """The queries of analysis.sql by name, in order."""
    text = (Path(__file__).parent / "analysis.sql").read_text(encoding="utf-8")
    parts = re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)[1:]
    return {name: sql.strip() for name, sql in zip(parts[::2], parts[1::2], strict=True)}


@contextmanager
def opened(
    name: str, lake: Lake, manifests: dict[str, Manifest], master: str = "local[*]", memory: str = MEMORY
) -> Iterator[Engine]:
    """An engine with the lake's tables, the registry ``participants`` and ``weeks`` in it.

    ``master``: Spark's; ``memory``: the most that DuckDB takes. Raises SitboneError where the engine isn't installed,
    or can't read the lake.
    """
    if name == "duckdb":
        with _duckdb(lake, manifests, memory) as engine:
            yield engine
    else:
        with _spark(lake, manifests, master) as engine:
            yield engine


def registry(manifests: dict[str, Manifest]) -> tuple[Any, Any]:
    """The participants, and the weeks of the longest follow-up, as `pyarrow.Table`."""
    import pyarrow as pa

    people = [
        {
            "participant": participant,
            "arm": item["arm"],
            "enrolled_day": item["enrolled_day"],
            "until_day": item["until_day"],
            "weeks": (item["until_day"] - item["enrolled_day"]) // 7 + 1,
        }
        for participant, item in sorted(manifests.items())
    ]
    weeks = range(max((item["weeks"] for item in people), default=0))
    whole = pa.int64()
    columns = [("participant", pa.string()), ("arm", pa.string())]
    columns += [(name, whole) for name in ("enrolled_day", "until_day", "weeks")]
    return pa.Table.from_pylist(people, pa.schema(columns)), pa.table({"week": pa.array(weeks, whole)})


class _DuckDB:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def make(self, name: str, sql: str) -> None:
        self._connection.execute(f"CREATE TEMPORARY TABLE {name} AS {sql}")

    def rows(self, name: str, columns: str, order: str) -> Any:
        return self._connection.sql(f"SELECT {columns} FROM {name} ORDER BY {order}").to_arrow_table()


@contextmanager
def _duckdb(lake: Lake, manifests: dict[str, Manifest], memory: str) -> Iterator[Engine]:
    try:
        import duckdb
    except ImportError:
        raise SitboneError("the engine duckdb isn't installed; run pip install 'sitbone[cohort]'") from None
    people, weeks = registry(manifests)
    with duckdb.connect(config={**NOTHING_FETCHED, "memory_limit": memory}) as connection:
        connection.register("participants", people)
        connection.register("weeks", weeks)
        for table in READ:
            connection.register(table, dataset(lake, table, manifests))
        yield _DuckDB(connection)


def dataset(lake: Lake, table: str, manifests: dict[str, Manifest]) -> Any:
    """A table of the lake as a `pyarrow.dataset`, with the participant as a column; nothing is read yet."""
    import pyarrow as pa
    import pyarrow.dataset as ds

    columns = schema.schema_of(table).append(pa.field("participant", pa.string()))
    found = list(lake.paths(table, manifests))
    return ds.FileSystemDataset.from_paths(
        [lake.storage.path(path) for path, *_ in found],
        schema=columns,
        format=ds.ParquetFileFormat(),
        filesystem=lake.storage.filesystem,
        partitions=[ds.field("participant") == participant for _, participant, _ in found],
    )


class _Spark:
    def __init__(self, session: Any) -> None:
        self._session = session

    def make(self, name: str, sql: str) -> None:
        # No more parts than there are cores: the measures are a union, which would make hundreds of tiny ones.
        frame = self._session.sql(sql).coalesce(self._session.sparkContext.defaultParallelism)
        frame.cache()
        frame.createOrReplaceTempView(name)

    def rows(self, name: str, columns: str, order: str) -> Any:
        return self._session.sql(f"SELECT {columns} FROM {name} ORDER BY {order}").toArrow()


@contextmanager
def _spark(lake: Lake, manifests: dict[str, Manifest], master: str) -> Iterator[Engine]:
    with _in_a_folder(lake, manifests, master) as folder:
        session = _session(master)
        try:
            people, weeks = registry(manifests)
            session.createDataFrame(people).createOrReplaceTempView("participants")
            session.createDataFrame(weeks).createOrReplaceTempView("weeks")
            for table in READ:
                paths = [f"{folder}/{path}" for path, *_ in lake.paths(table, manifests)]
                _spark_table(session, table, f"{folder}/data/{table}", paths).createOrReplaceTempView(table)
            yield _Spark(session)
        finally:
            session.stop()


@contextmanager
def _in_a_folder(lake: Lake, manifests: dict[str, Manifest], master: str) -> Iterator[str]:
    """Where Spark finds the files in force: the lake's own folder, or for an object store a copy that is gone
    afterwards. Spark itself would need Java libraries for each kind of store."""
    if lake.storage.is_local:
        yield lake.storage.root
        return
    if not master.startswith("local"):
        raise SitboneError("a cluster reads a lake in a folder that all its workers see; copy it there, or use duckdb")
    with TemporaryDirectory(prefix="sitbone-lake-") as folder:
        lake.storage.fetch([path for table in READ for path, *_ in lake.paths(table, manifests)], Path(folder))
        yield folder


def _session(master: str) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise SitboneError(
            "the engine spark isn't installed; run pip install 'sitbone[spark]', or use duckdb"
        ) from None
    builder = SparkSession.builder.master(master).appName("sitbone cohort")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    try:
        return builder.getOrCreate()
    except Exception as error:  # noqa: BLE001 - py4j raises whatever Java did, and its own where Java is missing
        reason = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
        raise SitboneError(f"spark doesn't start ({reason}); it needs Java {MIN_JAVA} or newer, and --master") from None


SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    # Nothing listens to the network.
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.session.timeZone": "UTC",
    # A pseudonym of digits is not a number.
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.shuffle.partitions": "8",
    # Files of a person's month are small: a task takes many. The driver lists them; tasks that did took minutes.
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "1000000",
    "spark.sql.files.openCostInBytes": "65536",
}


def _spark_table(session: Any, table: str, base: str, paths: list[str]) -> Any:
    import pyarrow as pa
    from pyspark.sql.pandas.types import from_arrow_schema

    columns = schema.schema_of(table)
    for name, *_ in schema.PARTITIONS:
        columns = columns.append(pa.field(name, pa.string()))
    reader = session.read.schema(from_arrow_schema(columns)).option("basePath", base)
    return reader.parquet(*paths) if paths else session.createDataFrame([], from_arrow_schema(columns))
