"""The sites on a map without tiles: a graticule, circles by MW, routes by systems shipped.

Places without coordinates, such as suppliers, plants and depots, are in rows above it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from planner.plan.site_tables import ROUTES, SITE_MAP
from planner.plan.store import Plan
from planner.reports.charts.draw import LINE, Canvas, Figure, fit, text_width
from planner.reports.markup_tables import DataTable
from planner.reports.plan_figures import Route, coordinates, routes, several, site_mw
from planner.reports.views import figure

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

LEAST_SPAN = 6.0
"""Smallest span of a map in degrees."""


@dataclass(frozen=True)
class Projection:
    """Degrees to pixels: equal steps of latitude and longitude, true at the middle latitude.

    Attributes
    ----------
    west, south, east, north : float
        Edges of the map in degrees; `east` may be beyond 180.
    frame : Box
        Where the map stands.
    """

    west: float
    south: float
    east: float
    north: float
    frame: Box

    def at(self, latitude: float, longitude: float) -> Point:
        """Return the coordinates of a point on the canvas."""
        left, top, right, bottom = self.frame
        east = (longitude - self.west) % 360
        x = left + (right - left) * east / (self.east - self.west)
        return x, bottom - (bottom - top) * (latitude - self.south) / (self.north - self.south)


def project(points: Sequence[Point], top: float, canvas: Canvas) -> Projection:
    """Return the largest projection that fits all points on the canvas."""
    west, east = _longitudes([longitude for _, longitude in points])
    south = min(latitude for latitude, _ in points)
    north = max(latitude for latitude, _ in points)
    south, north = _widened(south, north, LEAST_SPAN)
    west, east = _widened(west, east, LEAST_SPAN)
    south, north = max(south, -89.0), min(north, 89.0)
    flat = max(math.cos(math.radians((south + north) / 2)), 0.2)
    low, high = (230.0, 330.0) if canvas.narrow else (300.0, 480.0)
    height = canvas.width * (north - south) / ((east - west) * flat)
    if height > high:
        wanted = (north - south) * canvas.width / high / flat
        west, east = _widened(west, east, min(wanted, 360.0), 1.0)
    elif height < low:
        south, north = _widened(south, north, (east - west) * flat * low / canvas.width, 1.0)
    height = min(max(height, low), high)
    return Projection(west, south, east, north, (0.0, top, float(canvas.width), top + height))


def _longitudes(values: Sequence[float]) -> tuple[float, float]:
    """Return the shortest span with all longitudes, which may cross the date line."""
    around = sorted({value % 360 for value in values})
    # The map begins at the east end of the widest gap between neighbours.
    west, widest = around[0], -1.0
    for left, right in zip(around, [*around[1:], around[0] + 360], strict=True):
        if (right - left, right % 360) > (widest, west):
            west, widest = right % 360, right - left
    if west > 180:
        west -= 360
    return west, west + max((value - west) % 360 for value in values)


def _widened(low: float, high: float, span: float, margin: float = 1.16) -> tuple[float, float]:
    """Return a span with a margin and a minimum length."""
    middle, half = (low + high) / 2, max((high - low) * margin, span) / 2
    return middle - half, middle + half


def map_figure(plan: Plan) -> Figure | None:
    """Return the map of a plan's sites; None if no site has coordinates."""
    placed, sites, ways = coordinates(plan), site_mw(plan).mw, routes(plan)
    if not placed:
        return None
    final = {name: values[-1] for name, values in sites.items()}
    used = set(sites) | {route.end for route in ways}
    known = {name: point for name, point in placed.items() if name in used} or placed
    idle = sorted(set(placed) - set(known))
    lost = sorted(used & set(sites) - set(placed))

    def draw(canvas: Canvas) -> None:
        legend = [("f0", "MW of IT power in service at the end, by area")]
        if ways:
            legend.append(("route", "systems shipped, by width; parts thin"))
        top = canvas.legend(0, legend)
        Drawing(canvas, known, final, ways, ranks(plan)).draw(top)

    total = sum(final.get(name, 0.0) for name in known)
    sentences = [
        f"{several(len(known), 'site')} with coordinates, {figure(total, 1)} MW of IT power in "
        "service at the end on them."
    ]
    if lost:
        sentences.append(f"Without coordinates: {', '.join(lost)}.")
    if idle:
        sentences.append(f"Never used, so not on the map: {', '.join(idle)}.")
    if ways:
        sentences.append("Places without coordinates stand in rows above the map.")
    said = " ".join(sentences)
    return Figure("map", "Sites and routes", said, draw, _tables(plan, final, ways))


@dataclass
class Drawing:
    """A map being drawn.

    Attributes
    ----------
    canvas : Canvas
        Canvas of the map.
    known : dict of str to (float, float)
        Latitude and longitude of sites.
    final : dict of str to float
        MW of IT power in service at the end, by site.
    ways : sequence of Route
        Routes in use.
    rank : dict of str to int
        Row of each place that has no coordinates.
    at : dict of str to (float, float)
        Coordinates of each place.
    taken : list of Box
        Boxes that labels must not cover.
    """

    canvas: Canvas
    known: Mapping[str, Point]
    final: Mapping[str, float]
    ways: Sequence[Route]
    rank: Mapping[str, int]
    at: dict[str, Point] = field(default_factory=dict)
    taken: list[Box] = field(default_factory=list)

    def draw(self, top: float) -> None:
        """Draw the map from `top` on."""
        top, boxes = self._place_rest(top)
        projection = project(list(self.known.values()), top, self.canvas)
        self._graticule(projection)
        for name, point in self.known.items():
            self.at[name] = projection.at(*point)
        self._routes()
        for name, left, y, wide in boxes:
            mw = f" {figure(self.final[name], 0)}" if name in self.final else ""
            self.canvas.rect(left, y, wide, 20, "box", name)
            text = fit(name, wide - 6 - text_width(mw)) + mw
            self.canvas.text(left + wide / 2, y + 14, text, anchor="middle")
        hidden = self._sites(projection.frame)
        self.canvas.height = projection.frame[3] + 4
        if hidden:
            text = f"No room for the name of {several(hidden, 'site')}: see the table."
            self.canvas.text(0, projection.frame[3] + LINE, text, "m")
            self.canvas.height += LINE

    def _place_rest(self, top: float) -> tuple[float, list[tuple[str, float, float, float]]]:
        """Place the places without coordinates in rows by rank; return the end of the rows."""
        rows: dict[int, list[str]] = defaultdict(list)
        for name in sorted({end for route in self.ways for end in (route.start, route.end)}):
            if name not in self.known:
                rows[self.rank[name]].append(name)
        boxes = []
        for _, names in sorted(rows.items()):
            most = max(1, int(self.canvas.width // 112))
            for start in range(0, len(names), most):
                part = names[start : start + most]
                wide = min(self.canvas.width / len(part) - 6, 210.0)
                gap = self.canvas.width / len(part)
                for n, name in enumerate(part):
                    left = gap * (n + 0.5) - wide / 2
                    boxes.append((name, left, top, wide))
                    self.at[name] = (left + wide / 2, top + 20)
                top += 46
        return top + (6 if boxes else 0), boxes

    def _graticule(self, projection: Projection) -> None:
        """Draw the graticule."""
        left, top, right, bottom = projection.frame
        self.canvas.rect(left, top, right - left, bottom - top, "off thin")
        step = _step(max(projection.east - projection.west, projection.north - projection.south))
        for n in range(math.ceil(projection.south / step), math.floor(projection.north / step) + 1):
            y = projection.at(n * step, projection.west)[1]
            self.canvas.line([(left, y), (right, y)], "grid")
            if top + 14 < y < bottom - 18:
                self.canvas.text(right - 4, y - 3, _degrees(n * step, "NS"), "m s", anchor="end")
                self.taken.append((right - 48, y - 14, right, y))
        for n in range(math.ceil(projection.west / step), math.floor(projection.east / step) + 1):
            x = left + (right - left) * (n * step - projection.west) / (
                projection.east - projection.west
            )
            self.canvas.line([(x, top), (x, bottom)], "grid")
            if left + 20 < x < right - 20:
                longitude = (n * step + 180) % 360 - 180
                self.canvas.text(x + 3, bottom - 4, _degrees(longitude, "EW"), "m s")

    def _routes(self) -> None:
        """Draw the routes, those of systems with a width by units."""
        widest = max((route.units for route in self.ways if route.is_system), default=1.0)
        for route in reversed(self.ways):
            (x, y), (right, bottom) = self.at[route.start], self.at[route.end]
            if route.end not in self.known:
                bottom -= 20
            bend = (bottom - y) * 0.5 if abs(bottom - y) > 30 else -40.0
            most = 4 if self.canvas.narrow else 7
            width = 1 + most * route.units / widest if route.is_system else 1.0
            tip = f"{route.start} to {route.end}: {figure(route.units)} x {route.item}"
            points = (x, y + bend), (right, bottom - bend), (right, bottom)
            curve = f"M{x:.1f} {y:.1f}C" + " ".join(f"{a:.1f} {b:.1f}" for a, b in points)
            self.canvas.add("path", "route", tip, d=curve, stroke_width=width)

    def _sites(self, frame: Box) -> int:
        """Draw the sites and their names; return the number of names that do not fit."""
        largest = max(max(self.final.values(), default=0.0), 1e-9)
        most = 13.0 if self.canvas.narrow else 22.0
        most *= max(0.3, min(1.0, math.sqrt(40 / len(self.known))))
        names = sorted(self.known, key=lambda name: (-self.final.get(name, 0.0), name))
        size = {
            name: max(3.0, most * math.sqrt(self.final.get(name, 0.0) / largest)) for name in names
        }
        for name in names:
            x, y = self.at[name]
            mw = self.final.get(name, 0.0)
            style = "f0 edge" if mw > 0 else "rest edge"
            tip = f"{name}: {figure(mw, 1)} MW IT power at the end"
            self.canvas.add("circle", style, tip, cx=x, cy=y, r=size[name])
            r = size[name] * 0.8
            self.taken.append((x - r, y - r, x + r, y + r))
        return sum(not self._label(name, size[name], frame) for name in names)

    def _label(self, name: str, size: float, frame: Box) -> bool:
        """Write a site's name where it covers nothing; return whether it fits."""
        mw = self.final.get(name, 0.0)
        text = fit(name, 110 if self.canvas.narrow else 180)
        text += f" {figure(mw, 0)}" if mw >= 0.5 else ""
        wide, (x, y) = text_width(text) + 2, self.at[name]
        for dx, dy, anchor in (
            (size + 3, 4, ""),
            (-size - 3, 4, "end"),
            (0, -size - 4, "middle"),
            (0, size + 12, "middle"),
            (size * 0.7 + 2, -size * 0.7 - 2, ""),
            (size * 0.7 + 2, size * 0.7 + 11, ""),
            (-size * 0.7 - 2, -size * 0.7 - 2, "end"),
            (-size * 0.7 - 2, size * 0.7 + 11, "end"),
        ):
            shift = {"": 0.0, "end": wide, "middle": wide / 2}[anchor]
            box = (x + dx - shift, y + dy - 11, x + dx - shift + wide, y + dy + 3)
            inside = box[0] >= frame[0] and box[2] <= frame[2] - 2 and box[3] <= frame[3] - 14
            if (
                inside
                and box[1] >= frame[1]
                and not any(_touch(box, other) for other in self.taken)
            ):
                self.canvas.text(x + dx, y + dy, text, "halo", anchor=anchor)
                self.taken.append(box)
                return True
        return False


def ranks(plan: Plan) -> dict[str, int]:
    """Return the row of each kind of place: suppliers, plants, depots, sites."""
    kinds = (("supply", "supplier"), ("plants", "plant"), ("depots", "depot"), ("sites", "site"))
    return {
        row[column]: n
        for n, (sheet, column) in enumerate(kinds)
        for row in plan.inputs.tables[sheet]
    }


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _step(span: float) -> float:
    return next((step for step in (1.0, 2.0, 5.0, 10.0, 20.0, 30.0) if span / step <= 8), 45.0)


def _degrees(value: float, sides: str) -> str:
    side = "" if value in (0, -180) else f" {sides[value < 0]}"
    return f"{abs(value):g}\N{DEGREE SIGN}{side}"


def _tables(plan: Plan, final: Mapping[str, float], ways: Sequence[Route]) -> tuple[DataTable, ...]:
    """Return sites and routes as tables."""
    rows = []
    for row in plan.inputs.tables["sites"]:
        rows.append({**row.values, "mw": final.get(row["site"], 0.0)})
    rows.sort(key=lambda row: -row["mw"])
    caption = "Sites, with the IT power of all systems in service at the end"
    sites = DataTable(caption, SITE_MAP.select(), rows)
    if not ways:
        return (sites,)
    moved = [vars(route) for route in ways]
    return sites, DataTable("Routes over the whole plan", ROUTES.select(), moved)
