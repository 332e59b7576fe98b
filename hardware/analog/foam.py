"""How a seat's layers pass on the load of a sitting bone: a small axisymmetric finite-element model, linear, elastic.

A bone presses through soft tissue on the layers; what lies under its middle may be a hard puck. Moduli are assumed,
so only ratios between stacks are worth anything: they are taken at the same load, over a range of moduli. Foam that
stiffens as it is compressed, friction and time are left out.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

RADIUS_MM, TISSUE_MM, BONE_MM = 100.0, 15.0, 12.5  # of the model; of tissue under the bone; of the bone's end
GAUSS = 1 / 3**0.5


class Layer(NamedTuple):
    """A layer, lowest first: what it is thick and made of, and what its middle is made of instead."""

    mm: float
    kpa: float
    poisson: float = 0.2
    middle_mm: float = 0.0  # radius
    middle_kpa: float = 0.0


class Loads(NamedTuple):
    """Under one newton on the bone: the highest pressure at the skin, and the mean on a disc there and below."""

    skin_peak_kpa: float
    skin_mean_kpa: float
    base_mean_kpa: float
    base_n: float  # all of the base's pressure: one newton again


HARD_KPA = 1e6
DISC_MM = 10.0  # radius


def grid(edges: list[float], step: float) -> Numbers:
    """Points on each edge and about `step` apart between them."""
    points = [edges[0]]
    for low, high in pairwise(edges):
        points += list(np.linspace(low, high, max(1, round((high - low) / step)) + 1)[1:])
    return np.array(points)


def element(r: Numbers, z: Numbers, kpa: float, poisson: float) -> tuple[Numbers, Numbers]:
    """An element's stiffness, and the matrix that turns its nodes' moves into the vertical stress in its middle."""
    shear = (1 - 2 * poisson) / 2
    elastic = kpa * 1e-3 / ((1 + poisson) * (1 - 2 * poisson)) * np.array(
        [[1 - poisson, poisson, poisson, 0], [poisson, 1 - poisson, poisson, 0],
         [poisson, poisson, 1 - poisson, 0], [0, 0, 0, shear]])  # fmt: skip
    stiffness = np.zeros((8, 8))
    for xi in (-GAUSS, GAUSS):
        for eta in (-GAUSS, GAUSS):
            strain, radius, area = strains(r, z, xi, eta)
            stiffness += strain.T @ elastic @ strain * (2 * np.pi * radius * area)
    return stiffness, (elastic @ strains(r, z, 0.0, 0.0)[0])[1]


def strains(r: Numbers, z: Numbers, xi: float, eta: float) -> tuple[Numbers, float, float]:
    """(radial, vertical, hoop and shear strain by the nodes' moves; radius; area of a unit square there)."""
    shape = np.array([(1 - xi) * (1 - eta), (1 + xi) * (1 - eta), (1 + xi) * (1 + eta), (1 - xi) * (1 + eta)]) / 4
    slope = np.array([[eta - 1, 1 - eta, 1 + eta, -1 - eta], [xi - 1, -1 - xi, 1 + xi, 1 - xi]]) / 4
    jacobian = slope @ np.column_stack([r, z])
    dr, dz = np.linalg.solve(jacobian, slope)
    radius = float(shape @ r)
    found = np.zeros((4, 8))
    found[0, 0::2], found[1, 1::2], found[2, 0::2] = dr, dz, shape / radius
    found[3, 0::2], found[3, 1::2] = dz, dr
    return found, radius, float(np.linalg.det(jacobian))


def loads(layers: list[Layer], tissue_kpa: float = 30.0) -> Loads:
    """What one newton on the bone does. The lowest layer lies on something that doesn't give; its sides are free."""
    whole = [*layers, Layer(TISSUE_MM, tissue_kpa, 0.45)]
    heights = [0.0, *np.cumsum([layer.mm for layer in whole])]
    z = grid(heights, 3.0)
    r = np.concatenate([grid([0.0, DISC_MM, 30.0], 2.5), grid([30.0, RADIUS_MM], 8.0)[1:]])
    rows, columns = len(z), len(r)
    node = np.arange(rows * columns).reshape(columns, rows)
    matrix = np.zeros((2 * rows * columns, 2 * rows * columns))
    stress: dict[tuple[int, int], tuple[npt.NDArray[np.intp], Numbers]] = {}
    for i in range(columns - 1):
        for j in range(rows - 1):
            layer = whole[int(np.searchsorted(heights, (z[j] + z[j + 1]) / 2)) - 1]
            hard = layer.middle_kpa and r[i + 1] <= layer.middle_mm + 1e-9
            corners = node[[i, i + 1, i + 1, i], [j, j, j + 1, j + 1]]
            moves = np.column_stack([2 * corners, 2 * corners + 1]).ravel()
            kpa, poisson = (layer.middle_kpa, 0.3) if hard else (layer.kpa, layer.poisson)
            stiffness, vertical = element(r[[i, i + 1, i + 1, i]], z[[j, j, j + 1, j + 1]], kpa, poisson)
            matrix[np.ix_(moves, moves)] += stiffness
            stress[i, j] = (moves, vertical)
    bone = 2 * node[r <= BONE_MM + 1e-9, -1] + 1
    held = np.concatenate([2 * node[:, 0], 2 * node[:, 0] + 1, 2 * node[0, :], bone])
    moved = np.zeros(len(matrix))
    moved[bone] = -1.0
    free = np.setdiff1d(np.arange(len(matrix)), held)
    moved[free] = np.linalg.solve(matrix[np.ix_(free, free)], -matrix[free] @ moved)
    newton = -float((matrix[bone] @ moved).sum())

    def pressures_kpa(row: int) -> Numbers:
        found = [stress[i, row] for i in range(columns - 1)]
        return np.array([-1e3 * float(vertical @ moved[moves]) for moves, vertical in found]) / newton

    skin = int(np.searchsorted(z, heights[-2] - 1e-9))
    areas = np.diff(r**2)
    disc = r[1:] <= DISC_MM + 1e-9

    def mean(row: int) -> float:
        return float(pressures_kpa(row)[disc] @ areas[disc] / areas[disc].sum())

    base_n = float(pressures_kpa(0) @ areas) * np.pi * 1e-3
    return Loads(float(pressures_kpa(skin).max()), mean(skin), mean(0), base_n)
