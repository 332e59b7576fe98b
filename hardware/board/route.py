"""A grid router for this one board: two layers, A* with vias, net after net, blocked nets first on the next try.

Pure geometry: it knows pads as rectangles or discs and returns tracks and vias. board.py talks to KiCad.
"""

import heapq
from collections.abc import Callable, Iterator
from math import hypot
from typing import NamedTuple

STEP_MM = 0.25
CLEARANCE_MM = 0.22
EDGE_MM = 0.6
VIA_RADIUS_MM = 0.4
VIA_COST = 14.0
LAYER_COST = (1.0, 1.3)  # keeps the ground on the back whole
LAYERS = 2
Cell = tuple[int, int, int]  # layer, row, column


class Pad(NamedTuple):
    """A pad: a rectangle (half sizes) on some layers; `round_` pads count as discs."""

    net: str
    x: float
    y: float
    half_x: float
    half_y: float
    layers: tuple[int, ...]
    round_: bool = False


class Track(NamedTuple):
    net: str
    layer: int
    x1: float
    y1: float
    x2: float
    y2: float
    width: float


class Via(NamedTuple):
    net: str
    x: float
    y: float


def rectangle_gap(x: float, y: float, pad: Pad) -> float:
    if pad.round_:
        return hypot(x - pad.x, y - pad.y) - pad.half_x
    return hypot(max(0.0, abs(x - pad.x) - pad.half_x), max(0.0, abs(y - pad.y) - pad.half_y))


def track_gap(x: float, y: float, track: Track) -> float:
    dx, dy = track.x2 - track.x1, track.y2 - track.y1
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else max(0.0, min(1.0, ((x - track.x1) * dx + (y - track.y1) * dy) / length))
    return hypot(x - track.x1 - along * dx, y - track.y1 - along * dy) - track.width / 2


class Board:
    """What is on the board so far, and which cells it leaves free to a net."""

    def __init__(self, size_mm: tuple[float, float], pads: list[Pad], keepouts: list[tuple[float, float, float]]):
        self.columns = int(size_mm[0] / STEP_MM) + 1
        self.rows = int(size_mm[1] / STEP_MM) + 1
        self.size_mm = size_mm
        self.pads = pads
        self.keepouts = keepouts
        self.tracks: list[Track] = []
        self.vias: list[Via] = []

    def cells_near(
        self, x1: float, y1: float, x2: float, y2: float, reach: float
    ) -> Iterator[tuple[int, int, float, float]]:
        for row in range(max(0, int((y1 - reach) / STEP_MM)), min(self.rows - 1, int((y2 + reach) / STEP_MM) + 1) + 1):
            for column in range(
                max(0, int((x1 - reach) / STEP_MM)), min(self.columns - 1, int((x2 + reach) / STEP_MM) + 1) + 1
            ):
                yield row, column, column * STEP_MM, row * STEP_MM

    def blocked(self, net: str, radius: float) -> list[bytearray]:
        """Per layer, the cells where copper of that radius would come too near to another net's."""
        masks = [bytearray(self.rows * self.columns) for _ in range(LAYERS)]
        self._block_edges(masks, radius)
        reach = radius + CLEARANCE_MM
        for pad in self.pads:
            if pad.net != net:
                for row, column, x, y in self.cells_near(
                    pad.x - pad.half_x, pad.y - pad.half_y, pad.x + pad.half_x, pad.y + pad.half_y, reach
                ):
                    if rectangle_gap(x, y, pad) < reach:
                        for layer in pad.layers:
                            masks[layer][row * self.columns + column] = 1
        for track in self.tracks:
            if track.net != net:
                wide = reach + track.width / 2
                x1, x2 = sorted((track.x1, track.x2))
                y1, y2 = sorted((track.y1, track.y2))
                for row, column, x, y in self.cells_near(x1, y1, x2, y2, wide):
                    if track_gap(x, y, track) < reach:
                        masks[track.layer][row * self.columns + column] = 1
        for via in self.vias:
            if via.net != net:
                self._block_disc(masks, via.x, via.y, reach + VIA_RADIUS_MM)
        for x, y, keep in self.keepouts:
            self._block_disc(masks, x, y, keep + radius)
        return masks

    def via_blocked(self, net: str) -> bytearray:
        """Cells where no via may be: too near to others, or on any pad."""
        front, back = self.blocked(net, VIA_RADIUS_MM)
        mask = bytearray(a | b for a, b in zip(front, back, strict=True))
        for pad in self.pads:
            reach = VIA_RADIUS_MM + 0.1
            for row, column, x, y in self.cells_near(
                pad.x - pad.half_x, pad.y - pad.half_y, pad.x + pad.half_x, pad.y + pad.half_y, reach
            ):
                if rectangle_gap(x, y, pad) < reach:
                    mask[row * self.columns + column] = 1
        for via in self.vias:
            self._block_disc([mask], via.x, via.y, 0.8)
        return mask

    def _block_disc(self, masks: list[bytearray], x0: float, y0: float, reach: float) -> None:
        for row, column, x, y in self.cells_near(x0, y0, x0, y0, reach):
            if hypot(x - x0, y - y0) < reach:
                for mask in masks:
                    mask[row * self.columns + column] = 1

    def _block_edges(self, masks: list[bytearray], radius: float) -> None:
        margin = EDGE_MM + radius
        for row in range(self.rows):
            y = row * STEP_MM
            for column in range(self.columns):
                x = column * STEP_MM
                if min(x, y, self.size_mm[0] - x, self.size_mm[1] - y) < margin:
                    for mask in masks:
                        mask[row * self.columns + column] = 1

    def cells_of(self, pad: Pad) -> set[Cell]:
        """Cells well inside the pad, or the nearest one."""
        found = set()
        for row, column, x, y in self.cells_near(pad.x, pad.y, pad.x, pad.y, max(pad.half_x, pad.half_y)):
            if abs(x - pad.x) <= pad.half_x * 0.6 and abs(y - pad.y) <= pad.half_y * 0.6:
                found |= {(layer, row, column) for layer in pad.layers}
        return found or {(layer, round(pad.y / STEP_MM), round(pad.x / STEP_MM)) for layer in pad.layers}

    def route(self, net: str, width: float) -> bool:
        """Joins all pads of the net; False when one can't be reached."""
        left = [pad for pad in self.pads if pad.net == net]
        tree_pads = [left.pop(0)]
        tree = self.cells_of(tree_pads[0])
        masks = self.blocked(net, width / 2)
        no_via = self.via_blocked(net)
        while left:
            pad = min(left, key=lambda p: min(hypot(p.x - t.x, p.y - t.y) for t in tree_pads))
            path = self._search(tree, self.cells_of(pad), masks, no_via)
            if path is None:
                return False
            self._keep(net, width, path)
            tree |= set(path) | self.cells_of(pad)
            tree_pads.append(pad)
            left.remove(pad)
        return True

    def _search(
        self, starts: set[Cell], goals: set[Cell], masks: list[bytearray], no_via: bytearray
    ) -> list[Cell] | None:
        _, goal_row, goal_column = next(iter(sorted(goals)))
        spread = max(abs(r - goal_row) + abs(c - goal_column) for _, r, c in goals)

        def ahead(cell: Cell) -> float:
            dy, dx = abs(cell[1] - goal_row), abs(cell[2] - goal_column)
            return max(0.0, max(dx, dy) + 0.41 * min(dx, dy) - spread)

        cost = dict.fromkeys(starts, 0.0)
        came: dict[Cell, Cell] = {}
        queue = [(ahead(cell), cell) for cell in sorted(starts)]
        heapq.heapify(queue)
        done = set()
        while queue:
            _, cell = heapq.heappop(queue)
            if cell in done:
                continue
            done.add(cell)
            if cell in goals:
                return self._path(cell, came)
            for step, price in self._steps(cell, masks, no_via):
                total = cost[cell] + price
                if total < cost.get(step, 1e9):
                    cost[step] = total
                    came[step] = cell
                    heapq.heappush(queue, (total + ahead(step), step))
        return None

    def _steps(self, cell: Cell, masks: list[bytearray], no_via: bytearray) -> Iterator[tuple[Cell, float]]:
        layer, row, column = cell
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                y, x = row + dy, column + dx
                inside = 0 <= y < self.rows and 0 <= x < self.columns
                if (dx or dy) and inside and not masks[layer][y * self.columns + x]:
                    yield (layer, y, x), (1.414 if dx and dy else 1.0) * LAYER_COST[layer]
        if not no_via[row * self.columns + column]:
            yield (1 - layer, row, column), VIA_COST

    @staticmethod
    def _path(cell: Cell, came: dict[Cell, Cell]) -> list[Cell]:
        path = [cell]
        while cell in came:
            cell = came[cell]
            path.append(cell)
        return path

    def _keep(self, net: str, width: float, path: list[Cell]) -> None:
        """Turns a path into tracks, one for each straight stretch, and vias."""
        start = path[0]
        for here, after in zip(path, [*path[1:], None], strict=True):
            if after is None or after[0] != here[0]:
                self._track(net, width, start, here)
                if after is not None:
                    self.vias.append(Via(net, here[2] * STEP_MM, here[1] * STEP_MM))
                    start = after
            elif here != start and not _straight(start, here, after):
                self._track(net, width, start, here)
                start = here

    def _track(self, net: str, width: float, one: Cell, two: Cell) -> None:
        if one != two:
            ends = (one[2] * STEP_MM, one[1] * STEP_MM, two[2] * STEP_MM, two[1] * STEP_MM)
            self.tracks.append(Track(net, one[0], *ends, width))


def _straight(start: Cell, here: Cell, after: Cell) -> bool:
    dy, dx = here[1] - start[1], here[2] - start[2]
    ay, ax = after[1] - here[1], after[2] - here[2]
    return dx * ay == dy * ax and dx * ax + dy * ay > 0


def route_all(make_board: Callable[[], Board], widths: dict[str, float], tries: int = 30) -> Board:
    """Routes every net of `widths`, in its order; a net that finds no way is tried first the next time."""
    order = list(widths)
    for _ in range(tries):
        board = make_board()
        failed = next((net for net in order if not board.route(net, widths[net])), None)
        if failed is None:
            return board
        order.remove(failed)
        order.insert(0, failed)
    raise RuntimeError(f"no way found for {failed}")
