"""Attempts to find a person in what is published, and in a lake after they were forgotten. Oracle: people written down
here, whose values an attacker would know by subtraction."""

import itertools
import json
from datetime import UTC, date, datetime, timedelta

import pyarrow.parquet as pq
import pytest

from sitbone.cohort.add import EPOCH, lake_table
from sitbone.cohort.analysis import analyse
from sitbone.cohort.lake import Lake, Study
from sitbone.cohort.page import page_of
from sitbone.errors import SitboneError
from sitbone.report.html import html
from sitbone.report.tidy import TABLES

FIRST = date(2026, 3, 2)


def put(lake: Lake, mask, person: str, arm: str = "all", seated_s: int = 3600, days: int = 14, **about) -> None:
    """A person who sat so long on each day, and rated 2 on each morning."""
    dates = [FIRST + timedelta(days=number) for number in range(days)]
    figures = {"seated_s": seated_s, "recorded_s": 30_000, "valid_share": 1.0, "breaks_verified": 9}
    figures |= {"dose_left_max_s": 900.0, "dose_right_max_s": 600.0}
    rows: dict[str, list[dict]] = {name: [] for name in TABLES}
    rows["days"] = [{"date": day.isoformat(), **figures} for day in dates]
    rows["pain"] = [
        {"date": day.isoformat(), "moment": "morning", "pain": 2, "flare": about.get("flare")} for day in dates
    ]
    start = (FIRST - EPOCH).days
    manifest = {"arm": arm, "enrolled_day": start, "until_day": start + 13, "consents": [], "added": None}
    tables = {name: lake_table(name, found) for name, found in rows.items()}
    lake.write(mask.pseudonym(person), tables, manifest)


def cells(lake: Lake) -> dict:
    return {(row["measure"], row["arm"], row.get("week")): row for row in analyse(lake)["cells"]}


def shown(found: dict) -> dict:
    return {key: row for key, row in found.items() if "hidden" not in row}


def counts(document: dict) -> list[int]:
    names = ("people", "people_at_least", "count")
    rows = [*document["cells"], *document["models"].values()]
    return [row[name] for row in rows for name in names if name in row]


def test_no_cell_is_below_the_minimum(lake, mask):
    for number in range(4):
        put(lake, mask, f"few{number}", "few")
    for number in range(11):
        put(lake, mask, f"P{number}", "many", days=14 if number < 9 else 3, flare="start" if number < 2 else None)
    document = analyse(lake)
    assert {row["arm"] for row in document["cells"] if "hidden" not in row} == {"many"}
    assert all(count == 0 or count >= 5 for count in counts(document))
    found = {(row["measure"], row["arm"], row.get("week")): row for row in document["cells"]}
    assert found["days_a_week", "many", 0]["people_at_least"] == 10
    assert found["seated_h", "many", None]["mean"] == 1.0
    assert "hidden" in found["has_flare", "many", None]  # two had one
    page = html(page_of(document, "today"))
    assert "hidden" in page
    # The second week rests on nine of eleven: the exact number would tell of two.
    assert found["seated_h", "many", 1]["people_at_least"] == 5


@pytest.mark.parametrize("joined", [1, 4])
def test_few_who_join_are_not_found_by_subtraction(lake, mask, joined):
    for number in range(10):
        put(lake, mask, f"P{number}")
    first = shown(cells(lake))
    for number in range(joined):
        put(lake, mask, f"new{number}", seated_s=36_000)
    second = cells(lake)
    assert first["seated_h", "all", None]["mean"] == 1.0
    assert second["seated_h", "all", None]["hidden"].startswith("held back")
    assert not {key for key in shown(second) if key in first}
    for number in range(joined, 5):
        put(lake, mask, f"new{number}", seated_s=36_000)
    third = shown(cells(lake))
    assert third["seated_h", "all", None]["mean"] == pytest.approx((10 + 5 * 10) / 15, abs=0.01)


def test_new_days_of_one_person_are_not_found_by_subtraction(lake, mask):
    for number in range(10):
        put(lake, mask, f"P{number}", days=10)
    assert shown(cells(lake))["seated_h", "all", None]
    put(lake, mask, "P3", seated_s=36_000)
    assert "hidden" in cells(lake)["seated_h", "all", None]


def test_one_who_is_forgotten_is_not_found_by_subtraction(lake, mask):
    for number in range(10):
        put(lake, mask, f"P{number}")
    assert shown(cells(lake))["seated_h", "all", None]
    lake.forget(mask.pseudonym("P4"))
    assert "hidden" in cells(lake)["seated_h", "all", None]
    for number in range(4):
        lake.forget(mask.pseudonym(f"P{number}"))
    assert shown(cells(lake))["seated_h", "all", None]["people_at_least"] == 5


def test_no_pair_of_many_releases_differs_by_few(lake, mask):
    """People come and go in all sizes; each two releases that show a cell differ by nobody, or by five at least."""
    there: set[str] = set()
    releases = []
    names = (f"P{number:02}" for number in itertools.count())
    for joins, leaves in [(7, 0), (2, 0), (3, 0), (0, 1), (6, 2), (1, 4), (5, 0), (0, 5)]:
        for _ in range(joins):
            there.add(person := next(names))
            put(lake, mask, person)
        for person in sorted(there)[:leaves]:
            lake.forget(mask.pseudonym(person))
            there.remove(person)
        if "hidden" not in cells(lake)["seated_h", "all", None]:
            releases.append(set(there))
    assert len(releases) > 2
    for one, other in itertools.combinations(releases, 2):
        assert len(one - other) in (0, *range(5, 99))
        assert len(other - one) in (0, *range(5, 99))


def test_the_same_analysis_again_shows_the_same(lake, mask):
    for number in range(6):
        put(lake, mask, f"P{number}")
    first = analyse(lake)
    files = set(lake.storage.sizes("releases"))
    assert analyse(lake) == first
    assert set(lake.storage.sizes("releases")) == files


class TestForget:
    def test_leaves_no_byte_of_the_participant(self, lake, mask):
        for number in range(6):
            put(lake, mask, f"P{number}", seated_s=3600 + number)
        analyse(lake)
        pseudonym = mask.pseudonym("P3")
        before = {name: lake.storage.get(name) for name in lake.storage.sizes()}
        assert any(pseudonym in name for name in before)
        assert any(pseudonym.encode() in (text or b"") for text in before.values())
        assert lake.forget(pseudonym) > 2
        after = {name: lake.storage.get(name) for name in lake.storage.sizes()}
        assert not any(pseudonym in name or pseudonym.encode() in (text or b"") for name, text in after.items())
        gone = {text for name, text in before.items() if name.startswith("data/days") and pseudonym in name}
        assert gone
        assert not gone & set(after.values())
        seconds = set()
        for name in after:
            if name.startswith("data/days"):
                with lake.storage.filesystem.open_input_file(lake.storage.path(name)) as file:
                    seconds |= set(pq.read_table(file)["seated_s"].to_pylist())
        assert seconds == {3600, 3601, 3602, 3604, 3605}
        assert lake.forget(pseudonym) == 0

    def test_goes_on_after_a_cut(self, lake, mask, monkeypatch):
        for number in range(2):
            put(lake, mask, f"P{number}")
        delete = type(lake.storage).delete_folder

        def cut(self, name):
            if "/pain/" in name:
                raise KeyboardInterrupt
            delete(self, name)

        monkeypatch.setattr(type(lake.storage), "delete_folder", cut)
        with pytest.raises(KeyboardInterrupt):
            lake.forget(mask.pseudonym("P0"))
        monkeypatch.undo()
        assert set(lake.manifests()) == {mask.pseudonym("P1")}
        assert lake.forget(mask.pseudonym("P0")) > 0
        assert not any(mask.pseudonym("P0") in name for name in lake.storage.sizes())

    def test_says_where_a_trace_is_left(self, lake, mask):
        put(lake, mask, "P0")
        lake.storage.put("notes.txt", f"{mask.pseudonym('P0')} called today".encode())
        with pytest.raises(SitboneError, match=r"1 files still hold .* notes.txt"):
            lake.forget(mask.pseudonym("P0"))

    def test_on_an_object_store(self, bucket, mask):
        lake = Lake.make(bucket("forget"), Study("pilot", mask.check()))
        put(lake, mask, "P0")
        put(lake, mask, "P1")
        assert lake.forget(mask.pseudonym("P0")) > 2
        assert set(lake.manifests()) == {mask.pseudonym("P1")}


def test_a_larger_minimum_holds_for_the_whole_lake(tmp_path, mask):
    lake = Lake.make(str(tmp_path / "ten"), Study("pilot", mask.check(), min_cell=10))
    for number in range(9):
        put(lake, mask, f"P{number}")
    assert not shown(cells(lake))
    put(lake, mask, "P9")
    assert shown(cells(lake))["participants", "all", None]["people"] == 10


def test_the_lake_tells_neither_ids_nor_the_day_of_a_release(lake, mask):
    for number in range(6):
        put(lake, mask, f"Maria-{number}")
    analyse(lake)
    release = json.loads(lake.storage.get("releases/000001.json"))
    assert set(release) == {"states", "members", "gone"}
    assert not any(b"Maria" in (lake.storage.get(name) or b"") for name in lake.storage.sizes())
    assert datetime.now(UTC).date().isoformat() not in json.dumps(release)
