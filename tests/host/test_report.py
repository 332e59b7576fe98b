"""The report: what it says, that it says what is missing, and that both its forms are whole."""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from shutil import which
from xml.etree import ElementTree

import pytest

from cushion.core import records
from sitbone import cli
from sitbone.dates import midnight, unix_ms
from sitbone.diary.diary_store import DiaryStore
from sitbone.diary.entries import new_pain
from sitbone.diary.rehab import new_exercise
from sitbone.errors import SitboneError
from sitbone.report.content import report_of
from sitbone.report.document import Picture, Report, Table, Text
from sitbone.report.html import html
from sitbone.report.pdf import write_pdf
from sitbone.store.blocks import read_block
from sitbone.store.store import Store
from tests.host.logs import CUSHION_ID, LogWriter, office_morning

NOW = datetime(2026, 9, 21, 18).astimezone()
SIMULATED = "02" + CUSHION_ID.hex()[2:]
MINUTE_MS = 60_000
TITLES = [
    "Dose and pain",
    "Week by week: means of the days with data",
    "When you sat",
    "Responses to prompts",
    "Limits",
]
TITLES += ["Diary", "Red flags", "Exercises", "How reliable this is"]
NASTY = '<script>alert("1")</script> #panic() $x$ & \\'

needs_poppler = pytest.mark.skipif(not which("pdftotext"), reason="poppler's tools are not here")


@pytest.fixture(autouse=True)
def _utc(zone_of: Callable[[str], None]) -> None:
    zone_of("UTC")


def filled(store: Store, hardware: str = CUSHION_ID.hex()) -> Store:
    """Ten mornings of the last two weeks, a dead sensor, a limit's change, a diary with whatever people type."""
    log = LogWriter()
    log.clock(unix_ms(midnight(NOW.date() - timedelta(days=13)) + timedelta(hours=9)))
    for index in range(10):
        begun_ms = log.now_ms
        log.add(records.SAT, 0)
        for _ in range(22):
            log.now_ms += MINUTE_MS
            log.epoch((log.now_ms - begun_ms) // 10, seconds=60)
        log.add(records.PROMPT, index, 1, 1, 1, 120_000, 90_000, 1200, 1200, 1200, 1800)
        log.now_ms += 2 * MINUTE_MS
        log.add(records.STOOD, 0, 24 * MINUTE_MS, 130_000, 90_000, 0)
        log.now_ms += 3 * MINUTE_MS
        log.add(records.OUTCOME, index, 1, 1, 120_000, 0)
        if index == 4:
            log.add(records.FAULT, 0, 6, 1)
            log.add(records.SETTING, 0, 1200, 1080, "tune: mornings")
        log.now_ms = begun_ms + 86_400_000
    store.add_blocks(store.cushion(hardware), [read_block(data) for data in log.data()])
    diary = DiaryStore(store)
    at = NOW - timedelta(days=2)
    diary.add("pain", new_pain(4, at, at, "morning", side="left", note=NASTY))
    diary.add("rehab", new_exercise(at, "isometric", "bridge", sets=3, hold_s=30, pain_during=2, pain_next=1))
    row = {"day": at.date().isoformat(), "entered_ms": unix_ms(at), "what": "numbness", "note": ""}
    diary.add("red_flag", row)
    return store


def words_of(report: Report) -> str:
    """All its text."""
    blocks = [*report.lead, *(block for section in report.sections for block in section.blocks)]
    words: list[str] = []
    for block in blocks:
        if isinstance(block, Text):
            words.append(block.words)
        elif isinstance(block, Picture):
            words.append(block.alt)
        elif isinstance(block, Table):
            words += [*block.head, *(cell for row in block.rows for cell in row), block.caption]
        else:
            words += block.items
    return " | ".join(words)


def test_what_it_says(store: Store) -> None:
    report = report_of(filled(store), NOW, 14)
    assert [section.title for section in report.sections] == TITLES
    found = words_of(report)
    assert report.title == "Sitting and pain, 8 Sep to 21 Sep 2026"
    for words in (
        "seat load, not tendon pressure",
        "neither a diagnosis nor a prediction",
        "Seek care",
        "8 Sep – 14 Sep | 15 Sep – 21 Sep | change",
        "7 of 7 | 3 of 7",
        "left dose | 20.0 → 18.0 min | tune: mornings",
        "10 of 10 | 100 % | 72–100 % | 21.7 %",  # two minutes after each prompt: Wilson's interval of 10 in 10
        "0 of 10 | 0 % | 0–28 % | 14.4 %",
        "10 prompts: 10 × break",
        "4 (1 rated)",
        "not rated",
        "10 of 14 days have data",
        "sensor fault, left sitting bone: open",
        "4 of 14 days without data",
        "bridge (isometric) | 1 | 3 × 30 s held",
        "no study has tested a seat-load dose against this pain",
        NASTY,
    ):
        assert words in found, words
    assert "Simulated" not in found
    assert "–" in found, "what isn't known is a dash"


def test_simulated_data_is_said_to_be(store: Store) -> None:
    report = report_of(filled(store, SIMULATED), NOW)
    assert report.lead[0] == Text("Simulated data, not from a real person.", warning=True)
    assert "Simulated data, not from a real person" in html(report)


def test_without_data_it_says_what_to_do(store: Store) -> None:
    with pytest.raises(SitboneError, match="no data in the last 28 days; run sitbone sync"):
        report_of(store, NOW)


def test_days_without_data_are_hatched_and_have_no_dose(store: Store) -> None:
    (picture,) = report_of(filled(store), NOW, 14).sections[0].blocks
    assert isinstance(picture, Picture)
    svg = ElementTree.fromstring(picture.svg)  # well-formed, whatever was typed
    space = "{http://www.w3.org/2000/svg}"
    hatched = [item for item in svg.findall(f"{space}rect") if item.get("fill") == "url(#dose-hatch)"]
    circles = svg.findall(f"{space}circle")
    assert (len(hatched) - 1, len(circles) - 1) == (4, 10), "one of each is the legend's"
    for text in svg.findall(f"{space}text"):
        assert -1 < float(text.get("x", "0")) < 721


@pytest.mark.parametrize("days", range(21, 28))
def test_two_months_names_do_not_lie_over_each_other(store: Store, days: int) -> None:
    (picture,) = report_of(filled(store), NOW, days).sections[0].blocks
    assert isinstance(picture, Picture)
    texts = ElementTree.fromstring(picture.svg).findall("{http://www.w3.org/2000/svg}text")
    months = [item for item in texts if re.fullmatch(r"[A-Z][a-z]{2} 2026", item.text or "")]
    ends = []
    for item in months:
        x, width = float(item.get("x", "nan")), 5.5 * 8  # eight letters of 9 px, in a wide font
        left = x if item.get("text-anchor") == "start" else x - width / 2
        ends += [left, left + width]
    assert ends
    assert ends == sorted(ends)


def test_the_html_needs_nothing_else(store: Store) -> None:
    page = html(report_of(filled(store), NOW, 14))
    assert not re.search(r"<script|<link|@import|\bsrc=|url\((?!#)", page)
    assert re.findall(r"https?://[^\"]*", page) == ["http://www.w3.org/2000/svg"] * 2, "a name, not a request"
    assert page.count('role="img" aria-label="') == 2
    assert "&lt;script&gt;alert(" in page


@pytest.mark.slow
def test_chromium_opens_it_from_disk_with_the_network_off(store: Store, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    browser = which("chromium") or which("chromium-browser") or which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium here")
    path = tmp_path / "report.html"
    path.write_text(html(report_of(filled(store), NOW, 14)), encoding="utf-8")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_context(offline=True, java_script_enabled=True).new_page()
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path.as_uri())
        assert asked == [path.as_uri()]
        assert complaints == []
        assert page.get_by_role("heading", level=2).all_inner_texts() == TITLES
        assert all(box["width"] > 300 for box in (image.bounding_box() for image in page.get_by_role("img").all()))
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        found = axe.Axe().run(page).response["violations"]
        assert [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")] == []
        printed = page.pdf(format="A4")
        chromium.close()
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2


@needs_poppler
@pytest.mark.parametrize(("paper", "size"), [("a4", "595.276 x 841.89 pts (A4)"), ("letter", "612 x 792 pts (letter)")])
def test_the_pdf_is_paper_with_text_on_it(store: Store, tmp_path: Path, paper: str, size: str) -> None:
    pytest.importorskip("typst")
    path = tmp_path / "report.pdf"
    write_pdf(report_of(filled(store, SIMULATED), NOW, 14), path, paper)
    info = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    assert size in info
    assert 1 <= int(re.search(r"Pages:\s+(\d+)", info)[1]) <= 2  # type: ignore[index]
    text = " ".join(subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout.split())
    for words in (*TITLES, "Simulated data, not from a real person", "limit left", "#panic() $x$", "Compernolle 2021"):
        assert words in text, words


@needs_poppler
@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("days", [7, 14, 28, 42])
def test_the_pdf_keeps_to_its_columns_and_off_its_foot(store: Store, tmp_path: Path, paper: str, days: int) -> None:
    pytest.importorskip("typst")
    path = tmp_path / "report.pdf"
    write_pdf(report_of(filled(store), NOW, days), path, paper)
    command = ["pdftotext", "-bbox-layout", str(path), "-"]
    boxes = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    first = re.search(r'<word xMin="([\d.]+)"[^>]*>Responses<', boxes)
    assert first is not None
    assert float(first[1]) < 100, "the columns begin at the left"
    assert boxes.count("<page ") == 1 or days > 28, "four weeks are one page"
    for page in boxes.split("<page ")[1:]:
        lines = [float(found[1]) for found in re.finditer(r'<line [^>]*yMax="([\d.]+)"', page)]
        *_, above, foot = sorted(lines)
        assert above < foot - 7


@needs_poppler
def test_long_notes_stay_on_the_paper(store: Store, tmp_path: Path) -> None:
    pytest.importorskip("typst")
    for ago in range(6):
        at = NOW - timedelta(days=ago)
        DiaryStore(store).add("pain", new_pain(2, at, at, "morning", note="long words " * 300))
    path = tmp_path / "report.pdf"
    write_pdf(report_of(store, NOW, 14), path)
    boxes = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, text=True, check=True).stdout
    height = float(re.search(r'<page [^>]*height="([\d.]+)"', boxes)[1])  # type: ignore[index]
    lows = [float(found[1]) for found in re.finditer(r'yMax="([\d.]+)">long</word>', boxes)]
    assert len(lows) == 6 * 300
    assert max(lows) < height


def test_a_pdf_without_typst_says_what_to_install(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    filled(store)
    monkeypatch.setitem(sys.modules, "typst", None)
    monkeypatch.setenv("SITBONE_HOME", str(store.path.parent))
    monkeypatch.setattr("sitbone.cli.data.now", lambda: NOW)
    assert cli.run(["report", str(tmp_path / "out.pdf")]) == 1
    assert capsys.readouterr().err == (
        "sitbone: a PDF needs typst; run pip install 'sitbone[pdf]', or write an .html file\n"
    )
    assert not (tmp_path / "out.pdf").exists()
    assert cli.run(["report", str(tmp_path / "out.html")]) == 0
    assert "Dose and pain" in (tmp_path / "out.html").read_text()
    assert cli.run(["report", str(tmp_path / "out.doc")]) == 2


def test_a_morning_alone_is_enough(store: Store) -> None:
    store.add_blocks(store.cushion(CUSHION_ID.hex()), [read_block(data) for data in office_morning().data()])
    assert "1 of 28 days have data" in words_of(report_of(store, datetime(2026, 9, 22, 9).astimezone()))


def test_a_diary_alone_makes_a_report(store: Store, tmp_path: Path) -> None:
    DiaryStore(store).add("pain", new_pain(3, NOW, NOW, "sitting"))
    report = report_of(store, NOW, 7)
    found = words_of(report)
    assert "No prompts in this period." in found
    assert "Highest dose a day: no data. 7 of 7 days without data. Sitting pain 3 to 3 on 1 days" in found
    pytest.importorskip("typst")
    write_pdf(report, tmp_path / "report.pdf")


def test_a_year_is_a_report_too(store: Store) -> None:
    report = report_of(filled(store), NOW, 366)
    assert report.title == "Sitting and pain, 21 Sep 2025 to 21 Sep 2026"
    assert "10 of 366 days have data" in words_of(report)
    assert [section.title for section in report.sections][2] == "When you sat, the last 42 days"
