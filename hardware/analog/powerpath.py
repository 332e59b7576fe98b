"""The battery variant's power path in ngspice: USB, the module's charger and regulator, the pack, what lies between.

The carrier's parts come row by row from battery.py. The module is a model: a diode from USB and a MOSFET from the pack
feed its regulator; its charger starts and stops with USB's voltage, at a trip and hysteresis that the sweep varies, and
makes 110 mA up to 4.2 V. That is the structure that Seeed's drawings were reported to have; nothing was measured.

One run: the pack is plugged in; USB is plugged in, pulled and plugged again; the pack is pulled, and plugged in again.
"""

from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from hardware.analog.spice import MODELS, element, execute
from hardware.circuit import battery

CHARGE_A, FULL_V, EMPTY_V, TRICKLE = 0.110, 4.2, 2.5, 0.1
LOAD_OHM = 15.0  # on 3V3: chip and both motors, 220 mA
PULL_UP_OHM = 45e3  # the chip's own, on while it reads the flag
PACK_OHM = 0.15
HIGH, LOW = 0.75, 0.25  # of the chip's supply: what it surely takes for high and for low
NTC_OHM = {"room": 10e3, "frost": 33e3, "hot": 3.6e3, "off": 1e9, "shorted": 1.0}  # 25, -5 and 55 degC
CHARGES_AT = {"room"}
OFF_A = 5e-6  # what a pack may give or take while it is switched off
POWER = {"J2", "F2", "Q5", "Q6", "Q7", "R24", "R25", "R26", "R27", "C8", "U4", "C9", "R28", "R29", "R30",
         "R31", "R32", "R33"}  # fmt: skip

# ms: when each phase ends, and what is plugged in during it (USB, pack)
PHASES = {"pack": (15, False, True), "charging": (30, True, True), "pulled": (70, False, True),
          "again": (85, True, True), "no pack": (100, True, False), "pack again": (115, True, True),
          "after": (155, False, True)}  # fmt: skip
SECOND_PACK_MS = 92  # while none is plugged in


class Case(NamedTuple):
    """One corner of the sweep. `cell_v` below 0 is a pack the wrong way round; `turned` if only the second one is."""

    usb_v: float
    trip_v: float
    hysteresis_v: float
    cable_ohm: float
    cell_v: float
    ntc: str = "room"
    turned: bool = False
    switched_on: bool = True

    def is_reversed(self, phase: str) -> bool:
        return self.cell_v < 0 or (self.turned and PHASES[phase][0] > SECOND_PACK_MS)


class Found(NamedTuple):
    """At the end of a phase: amperes into the pack, the charger's, out of the module's regulator, and volts."""

    pack_a: float
    charger_a: float
    regulator_a: float
    flag_v: float
    rail_v: float
    bat_v: float


def sweep() -> list[Case]:
    """Every corner, and the middle where something could happen there."""
    right = product((4.4, 4.75, 5.0, 5.25), (3.3, 3.9, 4.4), (0.02, 0.4), (0.1, 0.5), (2.5, 3.3, 3.7, 4.2))
    found = [Case(*values) for values in right]
    some = [Case(usb_v, 3.3, 0.02, cable_ohm, 0.0) for usb_v in (4.4, 5.25) for cable_ohm in (0.1, 0.5)]
    for case in some:
        found += [case._replace(cell_v=-v, trip_v=trip_v) for v in (2.5, 4.2) for trip_v in (3.3, 4.4)]
        found += [case._replace(cell_v=v, turned=True) for v in (2.5, 4.2)]
        found += [case._replace(cell_v=v, ntc=ntc) for v in (2.5, 3.7) for ntc in NTC_OHM if ntc not in CHARGES_AT]
        found += [case._replace(cell_v=v, switched_on=False) for v in (2.5, 4.2)]
    return found


def steps(on: list[bool], low: str, high: str) -> str:
    """A piecewise linear source over the phases; each change takes 10 us."""
    ends = [0, *(phase[0] for phase in PHASES.values())]
    points = [f"0 {low}"]
    before = False
    for start, is_on in zip(ends, on, strict=False):
        if is_on != before:
            at = start + 0.5
            points += [f"{at}m {high if before else low}", f"{at + 0.01}m {high if is_on else low}"]
        before = is_on
    return f"PWL({' '.join(points)})"


def module(case: Case) -> list[str]:
    """The XIAO: USB's diode, the pack's MOSFET with its gate on USB, charger, regulator, load."""
    charge = f"min(1, max(0, ({FULL_V}-V(bat))*20)) * min(1, max(0, (V(usb_5v)-V(bat)-0.05)*10))"
    trickle = f"(V(bat) < {EMPTY_V} ? {TRICKLE} : 1)"
    return [
        "Dusb usb_5v vsys schottky", "Mpath bat gate vsys vsys pmos", "Dpath bat vsys body",
        "Rgate usb_5v gate 10k", "Rpull gate 0 100k", "Csys vsys sys_c 10u",
        "Rcsys sys_c 0 10m", "Cbat bat bat_c 10u", "Rcbat bat_c 0 10m", "Cusb usb_5v 0 2u",
        "Rusb usb_5v 0 1meg", "Rbat bat 0 5meg",
        f".model trip sw(vt={case.trip_v - case.hysteresis_v / 2} vh={case.hysteresis_v / 2} ron=1 roff=1g)",
        "Vone one 0 1", "Strip one enabled usb_5v 0 trip off", "Renabled enabled 0 10k", "Cenabled enabled 0 10n",
        f"Bcharge wanted 0 V = {CHARGE_A} * V(enabled) * {trickle} * {charge}",
        "Rcharge wanted charge 1k", "Ccharge charge 0 20n", "Gcharger usb_5v bat charge 0 1", "Cgate gate 0 1n",
        "Bregulator inner 0 V = max(0, min(3.3, V(vsys)-0.05))", "Vregulator inner out 0", "Rout out 3v3 0.05",
        "Bregulated vsys 0 I = max(0, I(Vregulator))", f"Rload 3v3 0 {LOAD_OHM}", f"Rup 3v3 usb_sense {PULL_UP_OHM}",
    ]  # fmt: skip


def outside(case: Case) -> list[str]:
    """USB by its cable, and the pack by its plug. Pulled is a gigaohm."""
    second_v = -case.cell_v if case.turned else case.cell_v
    usb = steps([usb for _, usb, _ in PHASES.values()], "0", "1")
    pack = steps([pack for _, _, pack in PHASES.values()], "0", "1")
    return [
        f"Vhost host 0 {case.usb_v}", f"Vplug plug 0 {usb}", ".model contact sw(vt=0.5 vh=0.1 ron=1m roff=1g)",
        "Splug host wire plug 0 contact off", f"Rcable wire usb_5v {case.cable_ohm}",
        f"Vcell cell 0 PWL(0 {case.cell_v} {SECOND_PACK_MS}m {case.cell_v} {SECOND_PACK_MS + 1}m {second_v})",
        f"Rcell cell pole {PACK_OHM}", "Vpack pole pin 0",
        f"Vpacked packed 0 {pack}", "Spack pin pack packed 0 contact off", "Cpack pack 0 10n",
        f"Rntc ntc_pin 0 {NTC_OHM[case.ntc]}", "Sntc ntc ntc_pin packed 0 contact off",
        f"Rswitch {'pack_sense' if case.switched_on else '0'} pack_ok 1m",
    ]  # fmt: skip


def deck(case: Case, out: Path, values: dict[str, float], without: set[str], extra: list[str]) -> str:
    lines = ["* power path, from hardware/circuit/battery.py", MODELS.rstrip()]
    for row in battery.circuit():
        if row.ref in POWER - without:
            lines += element(row, {}, values)
    columns = "i(Vpack) v(charge) i(Vregulator) v(usb_sense) v(3v3) v(bat)"
    end_ms = max(phase[0] for phase in PHASES.values())
    control = ["set wr_singlescale", "set numdgt=7", f"tran 100u {end_ms}m 0 100u", f"wrdata {out} {columns}", "quit"]
    options = ".options reltol=2e-3 abstol=1e-8 vntol=1e-5 gmin=1e-10 rshunt=1e10 method=gear itl4=100"
    strays = ["Cgates path path_gate 1.5n", "Cfused pack_fused 0 1n", "Cpath path 0 1n", "Cok pack_ok 0 0.6n",
              "Csense usb_sense 0 0.1n", "Cntc ntc 0 0.1n", "Ccold cold 0 0.1n", "Chot hot 0 0.1n"]  # fmt: skip
    body = [*lines, *strays, *module(case), *outside(case), *extra, options]
    return "\n".join([*body, ".control", *control, ".endc", ".end", ""])


def run(
    case: Case, values: dict[str, float] | None = None, without: set[str] | None = None, extra: list[str] | None = None
) -> tuple[dict[str, Found], float]:
    """What each phase ends with, and the lowest voltage that the module's pads saw. `values`, `without` and `extra`
    are mistakes: another value, a part left out, SPICE lines for a wrong part."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "out.txt"
        text = deck(case, out, values or {}, without or set(), extra or [])
        table = execute(text, out, 1000)
    if table[-1][0] < 0.999e-3 * max(phase[0] for phase in PHASES.values()):
        raise RuntimeError(f"ngspice stopped at {table[-1][0]} s of {case}")
    found = {}
    for name, (end_ms, _, _) in PHASES.items():
        _, pack_a, charger_a, regulator_a, flag_v, rail_v, bat_v = min(
            table, key=lambda row: abs(row[0] - (end_ms - 0.2) * 1e-3)
        )
        found[name] = Found(-pack_a, charger_a, regulator_a, flag_v, rail_v, bat_v)
    return found, min(row[6] for row in table)


def problems(case: Case, found: dict[str, Found], lowest_v: float) -> list[str]:
    """What of a run must not be; [] when all holds."""
    wrong = []
    for name, (_, usb, pack) in PHASES.items():
        at = found[name]
        reversed_ = pack and case.is_reversed(name)
        beside_a = at.pack_a - at.charger_a
        if beside_a > 1e-3:
            wrong.append(f"{name}: {1000 * beside_a:.1f} mA into the pack beside the charger")
        if reversed_ and abs(at.pack_a) > 1e-3:
            wrong.append(f"{name}: {1000 * at.pack_a:.1f} mA through a reversed pack")
        if case.ntc not in CHARGES_AT and usb and at.pack_a > 1e-3:
            wrong.append(f"{name}: {1000 * at.pack_a:.1f} mA of charge at {case.ntc}")
        if at.regulator_a < -1e-3:
            wrong.append(f"{name}: something else drives 3V3")
        if not case.switched_on and abs(at.pack_a) > OFF_A:
            wrong.append(f"{name}: {1e6 * at.pack_a:.0f} uA through the pack, switched off")
        runs = usb or (pack and case.cell_v > 3.2 and not reversed_ and case.switched_on)
        if runs and not 3.0 < at.rail_v < 3.4:
            wrong.append(f"{name}: 3V3 is {at.rail_v:.2f} V")
        if runs and (at.flag_v < HIGH * at.rail_v if usb else at.flag_v > LOW * at.rail_v):
            wrong.append(f"{name}: the flag is {at.flag_v:.2f} V with USB {'in' if usb else 'out'}")
        wanted = usb and pack and case.ntc in CHARGES_AT and case.switched_on and charges(case) and not reversed_
        if wanted and case.cell_v < 4 and at.pack_a < 5e-3:
            wrong.append(f"{name}: the pack isn't charged")
    if lowest_v < -1.0:
        wrong.append(f"the module's pads saw {lowest_v:.1f} V")
    return wrong


def charges(case: Case) -> bool:
    """Whether USB, less what its cable drops at most, is above the charger's trip and far enough above the pack."""
    pin_v = case.usb_v - case.cable_ohm * (CHARGE_A + 0.25)
    return pin_v > max(case.trip_v, case.cell_v + 0.2)
