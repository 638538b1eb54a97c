"""The limits of a plan, with their effects on the rows of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from planner.case.case import Case
from planner.case.rates import carried
from planner.explain.limit_declarations import Amount
from planner.explain.limits import STEPS, Limit, amounts, dates
from planner.explain.row_effects import ModelRows, Stretch, Touch, merged
from planner.workbook.rows import Inputs, Row


class Catalogue(ModelRows):
    """The limits of some inputs, with their effects on the model of a case.

    Parameters
    ----------
    inputs, case
        The inputs and the case prepared from them.
    """

    def __init__(self, inputs: Inputs, case: Case) -> None:
        super().__init__(inputs, case)
        self.amounts, self.dates = amounts(inputs), dates(inputs)
        self._later: dict[tuple[str, str], list[date]] = {}
        for sheet, (name, _) in STEPS.items():
            for row in inputs.tables[sheet]:
                self._later.setdefault((sheet, row[name]), []).append(row["from"])

    def move(self, limit: Limit, steps: float) -> list[Touch]:
        """Return how the rows of the model change if an amount moves by so many steps."""
        return self.move_all([(limit, steps)])

    def move_all(self, moves: Iterable[tuple[Limit, float]]) -> list[Touch]:
        """Return the effects of several amounts moved together."""
        scaled: list[Touch] = []
        for limit, steps in moves:
            scaled += [touch.times(steps) for touch in self.touches(limit)]
        effects = merged(scaled)
        return [*effects, *self._carries(effects)]

    def _carries(self, touches: Iterable[Touch]) -> Iterator[Touch]:
        """Yield the effects of changed rates on the part that a window may carry over."""
        case = self.case
        crews = dict.fromkeys(case.facility.sites, 1.0 if case.whole else 0.0)
        for rule, carry, accrued, units in (
            ("supplier_capacity", "carry_capacity", case.supply.capacity, case.supply.carry),
            ("crew_capacity", "carry_crews", case.facility.crew_capacity, crews),
        ):
            extra = {t.row_or_column[1]: t.right for t in touches if t.row_or_column[0] == rule}
            for name in sorted({key[0] for key in extra}):
                windows_of = {key: most for key, most in accrued.items() if key[0] == name}
                before = carried(windows_of.values(), units[name])
                now = (most + extra.get(key, 0.0) for key, most in windows_of.items())
                after = carried(now, units[name])
                for key, carried_before, carries_now in zip(windows_of, before, after, strict=True):
                    if carried_before != carries_now:
                        right = units[name] if carries_now else -units[name]
                        yield Touch((carry, key), self.period(key[1]), right)

    def keeps_days(self, moves: Iterable[tuple[Limit, float]]) -> bool:
        """Return whether moved dated capacities still rise and fall on the same days.

        If they do not, windows end on other days.
        """
        rows: dict[tuple[str, str], dict[int, float]] = {}
        for limit, steps in moves:
            if limit.row.sheet in STEPS:
                key = limit.row.sheet, limit.row[STEPS[limit.row.sheet][0]]
                rows.setdefault(key, {})[id(limit.row)] = steps * limit.step
        return all(
            self._directions(*key, {}) == self._directions(*key, more) for key, more in rows.items()
        )

    def _directions(self, sheet: str, name: str, more: Mapping[int, float]) -> dict[date, int]:
        """Return +1 for each day on which a dated capacity rises, -1 for each on which it falls."""
        key, column = STEPS[sheet]
        rows = sorted(
            (row for row in self.inputs.tables[sheet] if row[key] == name),
            key=lambda row: row["from"],
        )
        directions, before = {}, 0.0
        for row in rows:
            value = row[column] + more.get(id(row), 0.0)
            if self.case.calendar.number(row["from"]) > 0 and value != before:
                directions[row["from"]] = 1 if value > before else -1
            before = value
        return directions

    def touches(self, limit: Limit) -> list[Touch]:
        """Return the effects of one step of an amount on the model."""
        assert isinstance(limit.declared, Amount)
        row, days = limit.row, (0, self.case.calendar.day_count - 1)
        if row.sheet in STEPS:
            days = self._in_force(row)
        return [touch.times(limit.step) for touch in limit.declared.effect(self, row, days)]

    def shares_budget(self, limit: Limit) -> bool:
        """Return whether a limit is one of several budgets for the same day."""
        if limit.row.sheet != "budget":
            return False
        days = [self._budget_day(row) for row in self.inputs.tables["budget"]]
        return days.count(self._budget_day(limit.row)) > 1

    def _budget_day(self, row: Row) -> int:
        """Return the index of the last day that a budget covers; negative if there is none."""
        return min(self.case.calendar.number(row["date"]), self.case.calendar.day_count - 1)

    def only_adds(self, limit: Limit) -> bool:
        """Return whether more of a rate only adds to its existing windows.

        It does not if the rate is 0, which has no windows, or if placed orders use the rate,
        because they would then be worked off on other days.
        """
        if limit.value <= 0:
            return False
        placed = {supplier for supplier, _ in self.case.timetable.placed}
        return limit.row.sheet != "supply_capacity" or limit.row["supplier"] not in placed

    def _in_force(self, row: Row) -> Stretch:
        """Return the first and the last day on which a dated row applies."""
        calendar = self.case.calendar
        later = self._later[row.sheet, row[STEPS[row.sheet][0]]]
        end = min((day for day in later if day > row["from"]), default=None)
        last = calendar.day_count - 1
        return calendar.from_day(row["from"]), last if end is None else calendar.number(end) - 1
