"""The rows of the result tables and of the tables of findings, typed column by column.

The columns are declared in `planner.plan.tables` and `planner.plan.finding_tables`. A number is a
float or a whole number; a column that may be blank is None where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypedDict, TypeVar, cast

Day = date
"""A date, by a name that is not that of a column."""

AnyRow = Mapping[str, object]
"""One row of any table: a value for each column."""

Row = dict[str, object]
"""One row of a table that a report derives."""

AnyRowT = TypeVar("AnyRowT", bound=AnyRow)

# ------------------------------------------------------------------ result tables


class PlacedOrder(TypedDict):
    """An order, firm or planned, before it is known what waits for it."""

    order: str
    supplier: str
    item: str
    firm: str
    quantity: float
    period: Day | None
    order_date: Day | None
    order_from: Day | None
    arrival_date: Day
    unit_price: float
    price: float
    order_cost: float


class OrderRow(PlacedOrder):
    """An order with what waits for it."""

    latest_order_date: Day | None
    slack_days: float | None
    it_mw_blocked: float | None
    milestone_blocked: str | None
    already_late: str | None
    sites_fed: str | None


class PegRow(TypedDict):
    """Units of an order that an install waits for."""

    order: str
    hall: str
    system: str
    period: Day
    date: Day
    quantity: float
    systems: float
    it_mw: float


class ProductionRow(TypedDict):
    """Systems started at a plant by a day."""

    plant: str
    system: str
    period: Day
    start_date: Day
    finish_date: Day
    quantity: float


ShipmentRow = TypedDict(
    "ShipmentRow",
    {
        "from": str,
        "to": str,
        "item": str,
        "period": Day,
        "departure_date": Day,
        "arrival_date": Day,
        "quantity": float,
    },
)
"""Units that leave on a lane on a day."""


class StockRow(TypedDict):
    """Units held after a day."""

    place: str
    item: str
    period: Day
    date: Day
    quantity: float


class InstallRow(TypedDict):
    """Systems installed in or removed from a hall class by a day."""

    site: str
    hall: str
    system: str
    period: Day
    date: Day
    installed: float
    removed: float
    commitment: str | None
    milestone: Day | None
    late: str | None


class FleetRow(TypedDict):
    """Systems in a hall class at the end of a period."""

    site: str
    hall: str
    system: str
    period: Day
    installed: float
    in_service: float


class HallRow(TypedDict):
    """Halls of a class decided or open in a period."""

    site: str
    hall: str
    period: Day
    decided: float
    opened: float


class OpeningRow(TypedDict):
    """Halls of a class decided on a day."""

    site: str
    hall: str
    period: Day
    date: Day
    opens: Day
    count: float


class ClockRow(TypedDict):
    """A window of work of a limited rate."""

    act: str
    place: str
    to: str | None
    item: str | None
    window_from: Day
    date: Day
    carried: float


class PowerRow(TypedDict):
    """Load of a power node on the last day of a period."""

    node: str
    period: Day
    load_mw: float
    energised_mw: float | None
    headroom_mw: float | None


class ServiceRow(TypedDict):
    """Megawatts that a hall's systems serve to a commitment."""

    commitment: str
    site: str
    hall: str
    system: str
    period: Day
    mw: float


class RampRow(TypedDict):
    """A commitment on the last day of a period."""

    commitment: str
    period: Day
    period_end: Day
    basis: str
    required_mw: float
    in_service_mw: float
    missed_mw: float


class SpendRow(TypedDict):
    """Money spent in a period on a cost term."""

    period: Day
    term: str
    amount: float
    present_cost: float


class TierRow(TypedDict):
    """A tier of the objective."""

    tier: str
    unit: str | None
    value: float
    bound: float | None
    gap: float | None
    status: str | None
    seconds: float | None


class CostRow(TypedDict):
    """A cost term over the whole plan."""

    term: str
    amount: float
    present_cost: float


class Tables(TypedDict):
    """All result tables of a plan by name."""

    orders: list[OrderRow]
    pegs: list[PegRow]
    production: list[ProductionRow]
    shipments: list[ShipmentRow]
    stock: list[StockRow]
    installs: list[InstallRow]
    fleet: list[FleetRow]
    halls: list[HallRow]
    openings: list[OpeningRow]
    clock: list[ClockRow]
    power: list[PowerRow]
    service: list[ServiceRow]
    ramp: list[RampRow]
    spend: list[SpendRow]
    tiers: list[TierRow]
    costs: list[CostRow]


# ------------------------------------------------------------------ tables of findings


class CellContent(TypedDict):
    """The content of a limit's cell: a number or a date."""

    value: float | None
    day: Day | None


class BottleneckRow(TypedDict):
    """A limit that holds the plan back."""

    rank: float
    kind: str
    subject: str
    cell: str
    value: float | None
    day: Day | None
    one_more: str
    mw_months_percent: float | None
    mw_months: float | None
    mw_months_whole: float | None
    mw_months_lifted: float | None
    moved: str | None
    mw_months_kind: float | None
    money_percent: float | None
    money: float | None
    money_whole: float | None
    status: str | None
    money_status: str | None
    first_period: Day | None
    last_period: Day | None
    periods: float
    note: str | None


class BottleneckPeriodRow(TypedDict):
    """A limit in a period in which it is binding or priced."""

    period: Day
    kind: str
    subject: str
    cell: str
    binds: str
    mw_months: float
    money: float


class LatenessRow(TypedDict):
    """A limit that delays a missed milestone."""

    commitment: str
    date: Day
    missed_mw: float
    link: float
    kind: str
    subject: str
    cell: str
    value: float | None
    day: Day | None
    mw_through: float | None
    one_more: str
    mw_a_step: float | None
    mw_without: float | None
    first_period: Day | None
    last_period: Day | None
    says: str


class DelayRow(TypedDict):
    """A milestone that a limit delays."""

    kind: str
    subject: str
    cell: str
    commitment: str
    date: Day
    mw_through: float | None
    mw_a_step: float | None
    mw_without: float | None


class MetMilestone(TypedDict):
    """A milestone that is met, and how much earlier it could be."""

    commitment: str
    date: Day
    mw: float
    slack_days: float | None
    could_be_met_by: Day | None
    proof: str | None


class SlackRow(MetMilestone):
    """Such a milestone with one of its purchase lines."""

    supplier: str | None
    item: str | None
    last_order_date: Day | None


class AskHead(TypedDict):
    """A set of changes that puts commitments back on time."""

    commitment: str
    aim: str
    set: float


class AskRow(AskHead):
    """One change of such a set."""

    kind: str
    subject: str
    cells: str
    says: str
    more: float | None
    not_enough: str | None
    mw_months_alone: float | None
    irreducible: str
    fewest: str | None
    proof: str


class EarliestRow(TypedDict):
    """Requested megawatts, and the earliest date from which they can stay in service."""

    mw: float
    basis: str
    date: Day | None
    not_before: Day | None
    period_before: Day | None
    at_most_before_mw: float
    proven: bool


class QuoteRow(TypedDict):
    """The most that can be promised on top from a date on."""

    date: Day
    basis: str
    overtime_of: str | None
    at_most_mw: float
    firm_mw: float | None
    gain_mw: float | None


class FindingTables(TypedDict, total=False):
    """The tables of a plan's findings by name: those of its explanation and of its quote."""

    bottlenecks: list[BottleneckRow]
    bottleneck_periods: list[BottleneckPeriodRow]
    lateness: list[LatenessRow]
    delays: list[DelayRow]
    slack: list[SlackRow]
    asks: list[AskRow]
    earliest: list[EarliestRow]
    quote: list[QuoteRow]


def rows_of(tables: Tables | FindingTables, name: str) -> Sequence[AnyRow]:
    """Return a table by a name that is not known in advance, empty if it is missing."""
    return cast(Sequence[AnyRow], tables.get(name, []))


def typed_tables(tables: Mapping[str, Sequence[AnyRow]]) -> Tables:
    """Return result tables with the types that their columns are declared to have."""
    return cast(Tables, tables)


def typed_findings(tables: Mapping[str, Sequence[AnyRow]]) -> FindingTables:
    """Return tables of findings with the types that their columns are declared to have."""
    return cast(FindingTables, tables)


def with_values(rows: Sequence[AnyRowT], changed: Callable[[str, object], object]) -> list[AnyRowT]:
    """Return rows with every value replaced by what a function of column and value returns."""
    return [
        cast(AnyRowT, {column: changed(column, value) for column, value in row.items()})
        for row in rows
    ]
