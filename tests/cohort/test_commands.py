"""`sitbone cohort` as typed: a study from its first person to the report. Oracle: the words and files that follow."""

import json
from pathlib import Path

import pytest

from sitbone import cli
from sitbone.cohort.lake import Lake
from sitbone.lab import lived_days

frictionless = pytest.importorskip("frictionless")


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITBONE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lived_days, "DAYS_OF_A_WAY", 1)  # the machine's days take most of the time


def sitbone(capsys: pytest.CaptureFixture[str], line: str, code: int = 0) -> str:
    assert cli.run(line.split()) == code
    shown = capsys.readouterr()
    return shown.out if code == 0 else shown.err


def test_a_simulated_study_from_first_to_last(capsys, tmp_path):
    shown = sitbone(capsys, "cohort simulate --people 12 --weeks 3 --lake lake")
    assert "12 simulated people added" in shown
    document = json.loads(sitbone(capsys, "cohort analyse --lake lake --json"))
    assert document["arms"] == ["dose", "stopwatch"]
    assert document["simulated"] is True
    people = [row["people"] for row in document["cells"] if row["measure"] == "participants"]
    assert people == [6, 6]
    assert "Who took part" in sitbone(capsys, "cohort analyse --lake lake")
    sitbone(capsys, "cohort report --lake lake study.html")
    page = Path("study.html").read_text()
    assert "Simulated data, not from real people." in page
    assert "<script" not in page
    pseudonym = next(iter(Lake("lake").manifests()))
    assert f"no trace of {pseudonym}" in sitbone(capsys, f"cohort forget --lake lake --yes {pseudonym}")
    assert len(Lake("lake").manifests()) == 11


def test_the_report_as_pdf(capsys):
    pytest.importorskip("typst")
    sitbone(capsys, "cohort simulate --people 10 --weeks 2 --lake lake")
    sitbone(capsys, "cohort report --lake lake study.pdf")
    assert Path("study.pdf").read_bytes().startswith(b"%PDF")


def test_a_real_study(capsys, store_of, tmp_path):
    store = store_of("P01", days=3)
    shown = sitbone(capsys, f"cohort add --lake lake --study pilot --arm dose {store}")
    assert shown.startswith("P01: added, as ")
    assert (tmp_path / "home" / "cohort.key").stat().st_mode & 0o077 == 0
    assert "P01: nothing new" in sitbone(capsys, f"cohort add --lake lake --arm dose {store}")
    found = json.loads(sitbone(capsys, f"cohort add --lake lake --arm dose --json --participant P02 {store}"))
    assert found[0]["participant"] == "P02"
    document = json.loads(sitbone(capsys, "cohort analyse --lake lake --json"))
    assert not [row for row in document["cells"] if "hidden" not in row]
    sitbone(capsys, "cohort forget --lake lake --yes P02")
    assert len(Lake("lake").manifests()) == 1


def test_bundles_are_fhir_and_the_package_is_one(capsys, store_of):
    from fhir.resources.bundle import Bundle

    sitbone(capsys, f"cohort add --lake lake --study pilot {store_of('P01', days=2)}")
    sitbone(capsys, "cohort export --lake lake --format fhir bundles/")
    (path,) = Path("bundles").iterdir()
    Bundle.model_validate_json(path.read_text())
    observations = [entry["resource"] for entry in json.loads(path.read_text())["entry"]]
    seated = [item for item in observations if item["code"]["coding"][0]["code"] == "seated-time"]
    assert [float(item["valueQuantity"]["value"]) for item in seated] == [29.0, 29.0]
    assert [item["effectiveDateTime"] for item in seated] == ["2026-03-02", "2026-03-03"]
    sitbone(capsys, "cohort export --lake lake --format datapackage package/")
    checked = frictionless.validate("package/datapackage.json")
    assert checked.valid, checked.flatten(["title", "note"])
    rows = Path("package/days.csv").read_text()
    assert rows.count("2026-03-0") == 2


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("cohort analyse --lake lake", 1, "there is no lake at lake; make one with sitbone cohort add or simulate"),
        ("cohort add --lake lake x.sqlite", 2, "lake is a new lake; name its study with --study"),
        ("cohort add --lake lake --study p nothing", 1, "neither a store nor a folder of sitbone export --tidy"),
        ("cohort add --lake lake --study P/1 nothing", 1, "can't name a study; use small letters"),
        ("cohort add --lake lake --study p --participant A x y", 2, "--participant names one person"),
        ("cohort add --lake lake --study p --consent all x", 1, "is not something to consent to; give notes or names"),
        ("cohort forget --lake lake P01", 2, "add --yes"),
        ("cohort report --lake lake out.txt", 2, "ends in neither .html nor .pdf"),
        ("cohort analyse --lake nowhere://x", 1, "cannot use the lake nowhere://x"),
    ],
)
def test_each_error_is_one_line_that_names_the_way_out(capsys, line, code, said):
    shown = sitbone(capsys, line, code)
    assert said in shown
    *before, last = shown.splitlines()
    assert last.startswith("sitbone: ")
    assert not before or before[0].startswith("made the study's key")  # by the first add
