"""The netlist as KiCad reads it out of the drawn schematic, in a form that does not change with KiCad's version."""

import csv
import io
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from tempfile import TemporaryDirectory

from hardware.circuit.drawing import Design
from hardware.circuit.parts import PARTS, loose
from hardware.circuit.sheet import DESIGNS, KICAD

Nets = dict[str, set[tuple[str, str]]]


def read_schematic(schematic: Path) -> Nets:
    """net -> {(ref, pin)} of a schematic; pins that are left open are not in it."""
    with TemporaryDirectory() as folder:
        target = Path(folder) / "netlist.xml"
        command = ["kicad-cli", "sch", "export", "netlist", "--format", "kicadxml", "-o", str(target), str(schematic)]
        subprocess.run(command, check=True, capture_output=True)
        return read_xml(target.read_text())


def read_xml(text: str) -> Nets:
    nets: Nets = {}
    for net in ET.fromstring(text).iter("net"):
        name = net.get("name", "").removeprefix("/")
        if not name.startswith("unconnected-"):
            nets[name] = {(node.get("ref", ""), node.get("pin", "")) for node in net.iter("node")}
    return nets


def natural(text: str) -> tuple[str, int]:
    head = text.rstrip("0123456789")
    return head, int(text[len(head) :] or 0)


def netlist_csv(nets: Nets) -> str:
    """One line a pin, sorted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["net", "part", "pin"])
    for net in sorted(nets):
        for ref, pin in sorted(nets[net], key=lambda node: (natural(node[0]), natural(node[1]))):
            writer.writerow([net, ref, pin])
    return out.getvalue()


def read_csv(text: str) -> Nets:
    nets: Nets = {}
    for row in csv.DictReader(io.StringIO(text)):
        nets.setdefault(row["net"], set()).add((row["part"], row["pin"]))
    return nets


def bom_csv(design: Design) -> str:
    """The board's parts by value, then what else a cushion needs."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["references", "quantity", "what", "footprint", "maker 1", "number 1", "maker 2", "number 2",
                     "rough price each EUR", "why one maker"])  # fmt: skip
    for key, bought in PARTS.items():
        rows = [row for row in design.rows if row.part == key]
        if not rows:
            continue
        refs = " ".join(sorted((row.ref for row in rows), key=natural))
        footprint = rows[0].footprint.split(":")[1]
        writer.writerow(
            [refs, len(rows), bought.what, footprint, *bought.first, *bought.second, f"{bought.eur:.2f}", bought.why]
        )
    for quantity, bought in loose(design.name).values():
        writer.writerow(["", quantity, bought.what, "", *bought.first, *bought.second, f"{bought.eur:.2f}", bought.why])
    return out.getvalue()


def files() -> dict[str, str]:
    """file name under hardware/kicad -> text: each variant's netlist and BOM."""
    found: dict[str, str] = {}
    for design in DESIGNS:
        nets = read_schematic(KICAD / f"{design.name}.kicad_sch")
        found |= {f"{design.name}-netlist.csv": netlist_csv(nets), f"{design.name}-bom.csv": bom_csv(design)}
    return found


if __name__ == "__main__":
    for name, text in files().items():
        (KICAD / name).write_text(text)
