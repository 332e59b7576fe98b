"""What the two big assemblers want besides gerbers: BOM and placement (CPL) in their own forms; and one cart.

Their machines turn some packages otherwise than KiCad does: `ROTATIONS` has those corrections. Both assemblers show
each part on the board before they place it: look at pin 1 there.
"""

import csv
import io

from hardware.circuit.circuit import Row
from hardware.circuit.drawing import Design
from hardware.circuit.netlist import natural
from hardware.circuit.parts import PARTS, loose

# JLCPCB's numbers (LCSC), by the `part` of a row, found with the same maker's part or value and size in public parts
# lists. Where there is none the form is left empty, and its page asks.
LCSC = {
    "r100": "C17408",
    "r1k": "C17513",
    "r4k7": "C17673",
    "r10k": "C17414",
    "r100k": "C149504",
    "r1m": "C17514",
    "c100n": "C49678",
    "c1u": "C28323",
    "c10u": "C15850",
    "nmos": "C20917",
    "pmos": "C15127",
    "ref3033": "C36658",
    "ref3030": "C38423",
    "fuse": "C207035",
    "comparator": "C67470",
}

# footprint's beginning -> degrees to add for JLCPCB. Source: transformations.csv of the Fabrication Toolkit, looked up
# for SOT-23, from memory for SOIC. PCBWay takes KiCad's angles and turns parts by hand.
ROTATIONS = {"SOT-23": 180, "SOIC-": 270}
BY_HAND = ("DEVKIT", "XIAO", "SWITCH", "PACK")  # and the plugs: soldered by whoever builds it


def placed(design: Design) -> dict[str, list[Row]]:
    """part -> the rows that a machine places, in the order of the BOM."""
    found: dict[str, list[Row]] = {}
    for key in PARTS:
        rows = [row for row in design.rows if row.part == key and row.symbol not in BY_HAND and row.ref[0] != "J"]
        if rows:
            found[key] = sorted(rows, key=lambda row: natural(row.ref))
    return found


def written(head: list[str], rows: list[list[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def footprint_of(row: Row) -> str:
    return row.footprint.split(":")[1]


def jlcpcb_bom(design: Design) -> str:
    rows = [
        [PARTS[key].first[1], ",".join(row.ref for row in rows), footprint_of(rows[0]), LCSC.get(key, "")]
        for key, rows in placed(design).items()
    ]
    return written(["Comment", "Designator", "Footprint", "JLCPCB Part #"], rows)


def pcbway_bom(design: Design) -> str:
    head = ["Item #", "Designator", "Qty", "Manufacturer", "Mfg Part #", "Description / Value", "Package/Footprint",
            "Type", "Your Instructions / Notes"]  # fmt: skip
    rows = []
    for n, (key, found) in enumerate(placed(design).items(), 1):
        bought = PARTS[key]
        refs = ",".join(row.ref for row in found)
        other = "" if bought.second[1] in (bought.first[1], "-") else f"or {bought.second[0]} {bought.second[1]}"
        rows.append([str(n), refs, str(len(found)), *bought.first, bought.what, footprint_of(found[0]), "SMD", other])
    return written(head, rows)


def turned(footprint: str, degrees: float) -> float:
    """The angle that JLCPCB's machine needs."""
    added = next((by for start, by in ROTATIONS.items() if footprint.startswith(start)), 0)
    return (degrees + added) % 360


def cpl(design: Design, positions_csv: str, for_jlcpcb: bool) -> str:
    """Placement, from KiCad's own positions file."""
    footprints = {row.ref: footprint_of(row) for rows in placed(design).values() for row in rows}
    rows = []
    for line in csv.DictReader(io.StringIO(positions_csv)):
        angle = float(line["Rot"])
        angle = turned(footprints[line["Ref"]], angle) if for_jlcpcb else angle % 360
        side = "Top" if line["Side"] == "top" else "Bottom"
        rows.append([line["Ref"], f"{line['PosX']}mm", f"{line['PosY']}mm", side, f"{angle:g}"])
    return written(["Designator", "Mid X", "Mid Y", "Layer", "Rotation"], rows)


def cart(design: Design) -> str:
    """One list for a distributor's upload form: number, quantity, what it is for, and the second source."""
    rows = []
    for key, bought in PARTS.items():
        refs = sorted((row.ref for row in design.rows if row.part == key), key=natural)
        if refs:
            rows.append([bought.first[1], str(len(refs)), " ".join(refs), bought.first[0], bought.second[1]])
    for quantity, bought in loose(design.name).values():
        if bought.first[0] != "any":
            rows.append([bought.first[1], str(quantity), bought.what, bought.first[0], bought.second[1]])
    return written(["Manufacturer Part Number", "Quantity", "Customer Reference", "Manufacturer", "Alternative"], rows)


def files(design: Design, positions_csv: str) -> dict[str, str]:
    """file name -> text, all that is not a gerber."""
    return {
        "jlcpcb-bom.csv": jlcpcb_bom(design),
        "jlcpcb-cpl.csv": cpl(design, positions_csv, for_jlcpcb=True),
        "pcbway-bom.csv": pcbway_bom(design),
        "pcbway-cpl.csv": cpl(design, positions_csv, for_jlcpcb=False),
        "cart.csv": cart(design),
    }
