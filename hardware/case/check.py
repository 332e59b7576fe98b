"""Fit, wall and print checks of the printed parts, as JSON: {check: figure}. Run in the hardware environment."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import trimesh
from build123d import Part, Pos, export_step, export_stl

from hardware.case import model
from hardware.case import sizes as s

OVERHANG = -0.75  # of a face's downward normal: steeper than about 48 degrees needs support

Vectors = npt.NDArray[np.float64]  # (n, 3) in mm, or one of them


def volume_of(shape: Part | None) -> float:
    return 0.0 if shape is None else sum(solid.volume for solid in shape.solids())


def clash_mm3(one: Part, two: Part) -> float:
    try:
        return volume_of(one & two)
    except Exception:  # noqa: BLE001 - the kernel's own errors have no common class; no common volume is one of them
        return float("nan")


def fits(battery: bool = False) -> dict[str, float]:
    """Common volumes, mm3, of what must not touch."""
    base, lid = model.base(battery), model.lid_closed(battery)
    insides = model.INSIDE_BATTERY if battery else model.INSIDE
    found = {}
    for name, part in (insides | model.OUTSIDE).items():
        found[f"{name} in base"] = clash_mm3(base, part())
        found[f"{name} in lid"] = clash_mm3(lid, part())
    inside = {name: part() for name, part in insides.items()}
    names = list(inside)
    for n, one in enumerate(names):
        for two in names[n + 1 :]:
            found[f"{one} in {two}"] = clash_mm3(inside[one], inside[two])
    found["lid in base"] = clash_mm3(base, lid)
    return found


def planted() -> dict[str, float]:
    """The same measure on things put a few millimetres wrong: it must see them."""
    base = model.base()
    moved = {"board": (6, 0, 0), "usb_plug": (4, 0, 0), "ribbon_plug": (0, 4, 0)}
    found = {name: clash_mm3(base, Pos(*by) * getattr(model, name)()) for name, by in moved.items()}
    return found | {"pack": clash_mm3(model.lid_closed(battery=True), Pos(3, 0, 0) * model.pack())}


def mesh_of(stl: Path) -> trimesh.Trimesh:
    return trimesh.load_mesh(stl)


def thin_percent(mesh: trimesh.Trimesh, samples: int = 1500) -> float:
    """How much of the surface has less than the thinnest wall's material straight below it.

    Not zero: beside an edge sharper than a right angle every solid is thin.
    """
    points, faces = trimesh.sample.sample_surface(mesh, samples, seed=1)
    inward = -mesh.face_normals[faces]
    start = points + inward * 1e-3
    corner = mesh.triangles[:, 0]
    edge1, edge2 = mesh.triangles[:, 1] - corner, mesh.triangles[:, 2] - corner
    shortest = []
    for origin, direction in zip(start, inward, strict=True):
        shortest.append(_first_hit_mm(origin, direction, corner, edge1, edge2))
    return 100 * float(np.mean(np.array(shortest) < s.THINNEST_WALL_MM - 0.02))


def _first_hit_mm(origin: Vectors, direction: Vectors, corner: Vectors, edge1: Vectors, edge2: Vectors) -> float:
    """Moeller and Trumbore's ray-triangle test, over all triangles at once."""
    h = np.cross(direction, edge2)
    a = np.einsum("ij,ij->i", edge1, h)
    with np.errstate(all="ignore"):
        f = 1 / a
        away = origin - corner
        u = f * np.einsum("ij,ij->i", away, h)
        q = np.cross(away, edge1)
        v = f * (q @ direction)
        t = f * np.einsum("ij,ij->i", edge2, q)
        hit = (np.abs(a) > 1e-12) & (u >= 0) & (v >= 0) & (u + v <= 1) & (t > 1e-3)
    return float(t[hit].min()) if hit.any() else float("inf")


def overhang_mm2(mesh: trimesh.Trimesh) -> float:
    """Area that hangs in the air, the bed's side left out."""
    low = mesh.bounds[0][2]
    down = (mesh.face_normals[:, 2] < OVERHANG) & (mesh.triangles_center[:, 2] > low + 0.05)
    return float(mesh.area_faces[down].sum())


def widest_bridge_mm(mesh: trimesh.Trimesh) -> float:
    """The longest way over one connected overhanging face, across its shorter side."""
    low = mesh.bounds[0][2]
    down = np.flatnonzero((mesh.face_normals[:, 2] < OVERHANG) & (mesh.triangles_center[:, 2] > low + 0.05))
    if not len(down):
        return 0.0
    pairs = [pair for pair in mesh.face_adjacency if set(pair) <= set(down)]
    groups = trimesh.graph.connected_components(pairs, nodes=down)
    spans = [np.ptp(mesh.triangles[group].reshape(-1, 3)[:, :2], axis=0).min() for group in groups]
    return float(max(spans))


def export(folder: Path) -> None:
    for name, make in model.PRINTED.items():
        part = make()
        export_stl(part, str(folder / f"{name}.stl"), tolerance=0.05, angular_tolerance=0.2)
        export_step(part, str(folder / f"{name}.step"), timestamp="2026-01-01T00:00:00")


def report(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = {
        "clash_mm3": fits(),
        "clash_battery_mm3": fits(battery=True),
        "planted_mm3": planted(),
        "parts": {},
    }
    for name in model.PRINTED:
        mesh = mesh_of(folder / f"{name}.stl")
        found["parts"][name] = {
            "watertight": bool(mesh.is_watertight),
            "bodies": int(mesh.body_count),
            "extents_mm": [round(float(v), 2) for v in mesh.extents],
            "volume_mm3": round(float(mesh.volume), 1),
            "thin_percent": round(thin_percent(mesh), 2),
            "overhang_mm2": round(overhang_mm2(mesh), 1),
            "bridge_mm": round(widest_bridge_mm(mesh), 1),
        }
    return found


if __name__ == "__main__":
    target = Path(sys.argv[1])
    export(target)
    sys.stdout.write(json.dumps(report(target), indent=2) + "\n")
