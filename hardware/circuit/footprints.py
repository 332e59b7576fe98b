"""The footprints that KiCad's libraries don't have: the two modules, as the sockets that take them."""

HEAD = ["(version 20241229)", '(generator "sitbone")', '(generator_version "1")', '(layer "F.Cu")',
        "(attr through_hole)"]  # fmt: skip
DRILLED = '(drill 1) (layers "*.Cu" "*.Mask")'
FONT = "(effects (font (size 1 1) (thickness 0.15)))"


def number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def names(reference_at: str, value_at: str) -> list[str]:
    found = []
    for name, text, at, layer in (("Reference", "REF**", reference_at, "F.SilkS"), ("Value", "", value_at, "F.Fab")):
        found.append(f'(property "{name}" "{text}" (at {at} 0) (layer "{layer}") {FONT})')
    return found


def outline(left: float, top: float, right: float, bottom: float) -> list[str]:
    """On the silk, and a quarter millimetre wider as the courtyard."""
    found = []
    for layer, grow, width in (("F.SilkS", 0.0, "0.15"), ("F.CrtYd", 0.25, "0.05")):
        start = f"(start {number(left - grow)} {number(top - grow)})"
        end = f"(end {number(right + grow)} {number(bottom + grow)})"
        found.append(f'(fp_rect {start} {end} (stroke (width {width}) (type default)) (fill no) (layer "{layer}"))')
    return found


def pad(name: str, x: float, y: float, shape: str = "circle", size: float = 1.7) -> str:
    return f'(pad "{name}" thru_hole {shape} (at {number(x)} {number(y)}) (size {size} {size}) {DRILLED})'


def text(words: str, x: float, y: float, size: float) -> str:
    font = f"(effects (font (size {size} {size}) (thickness 0.15)))"
    return f'(fp_text user "{words}" (at {number(x)} {number(y)} 0) (layer "F.SilkS") {font})'


def written(name: str, lines: list[str]) -> str:
    return f'(footprint "{name}"\n' + "\n".join(f"\t{line}" for line in [*HEAD, *lines]) + "\n)\n"


def devkit_footprint() -> str:
    """The module's two rows of sockets, 25.4 mm apart; the outline is the module's, its USB socket at the bottom."""
    lines = [*names("12.7 -7.5", "12.7 23"), *outline(-1.27, -6.2, 26.67, 48.2), text("USB", 12.7, 46.5, 1.2)]
    for column, x in ((2, 0.0), (3, 25.4)):
        lines += [pad(f"J{column}-{n + 1}", x, 2.54 * n, "circle" if n else "rect") for n in range(19)]
    return written("ESP32-DevKitC", lines)


def xiao_footprint() -> str:
    """Two rows of seven, 15.24 mm apart, the USB socket at the top; 15 and 16 take wires to the pads on its underside,
    of which the minus is the one nearer to the USB socket."""
    lines = [*names("7.62 20", "7.62 7.62"), *outline(-1.28, -2.88, 16.52, 18.12), text("USB", 7.62, -1.4, 1)]
    lines += [pad(str(n + 1), 0, 2.54 * n, "circle" if n else "rect") for n in range(7)]
    lines += [pad(str(n + 8), 15.24, 15.24 - 2.54 * n) for n in range(7)]
    lines += [pad("16", 5.08, 6.35, size=2.0), pad("15", 5.08, 10.16, "rect", 2.0)]
    return written("XIAO-ESP32S3", [*lines, text("BAT-", 8.4, 6.35, 0.8), text("BAT+", 8.4, 10.16, 0.8)])
