"""Every sheet of the workbook, declared once for reading, checks, template and dictionary."""

from __future__ import annotations

from planner.workbook.schema.declarations import Column, Kind, Table
from planner.workbook.schema.periods import LENGTHS

TEXT, NUMBER, WHOLE, DATE = Kind.TEXT, Kind.NUMBER, Kind.WHOLE, Kind.DATE
FLAG, CHOICE, LIST, ANY = Kind.FLAG, Kind.CHOICE, Kind.LIST, Kind.ANY

BASES = ("system", "it", "facility")


def identifier(name: str, help: str, refers_to: tuple[str, ...] = (), example: str = "") -> Column:
    """Declare a required text that names something."""
    return Column(name, TEXT, help, required=True, refers_to=refers_to, example=example)


def money(name: str, help: str, unit: str, example: str = "") -> Column:
    """Declare an amount of money that a blank cell leaves out, i.e. sets to nothing."""
    return Column(name, NUMBER, help, unit=unit, default=0.0, low=0.0, example=example)


def limit(name: str, help: str, unit: str, example: str = "") -> Column:
    """Declare an upper limit that a blank cell leaves out, i.e. lifts."""
    return Column(name, NUMBER, help, unit=unit, low=0.0, example=example)


def source() -> Column:
    """Declare where a row's figures come from, or the word assumption."""
    return Column("source", TEXT, "Where the figures come from, or the word assumption.",
                  example="assumption")  # fmt: skip


SETTINGS = (
    Column("plan", TEXT, "Name of the plan and of its output folder; blank: the workbook's name.",
           example="openai-750mw"),
    Column("start", DATE, "First day planned; for months and quarters the first of a month.",
           required=True, example="2026-01-01"),
    Column("end", DATE, "Last day planned; the period that holds it is planned whole.",
           required=True, example="2029-12-31"),
    Column("period", Kind.PERIODS, "Length of a planning period; others may follow, each from a "
           "day on, and the period before that day is cut short. Months and quarters start on the "
           "first of a month.", default="month", choices=LENGTHS,
           example="month; quarter from 2028-01-01"),
    Column("today", DATE, "The day of planning: no decision is dated before it. Blank: start.",
           example="2026-01-15"),
    Column("release_fence_days", WHOLE, "Days from today within which no new decision is taken.",
           unit="days", default=0, low=0, high=3650, example="30"),
    Column("currency", TEXT, "Currency of all money, whole units.", default="USD", example="USD"),
    Column("discount_rate", NUMBER, "Interest a year by which later money counts less.",
           unit="a year", default=0.0, low=0.0, high=1.0, example="0.08"),
    Column("pace", CHOICE, "Whether megawatts before their milestone are worth money.",
           default="just-in-time", choices=("just-in-time", "as-early-as-possible"),
           example="just-in-time"),
    Column("counts", CHOICE, "Whether systems and lots are whole numbers; continuous is faster "
           "and shows fractions.", default="integer", choices=("integer", "continuous"),
           example="integer"),
    Column("gap", NUMBER, "Relative distance to the proven bound at which a tier may stop.",
           default=0.001, low=0.0, high=0.5, example="0.001"),
    Column("time_limit_s", NUMBER, "Seconds after which the best plan so far is taken.", unit="s",
           default=600.0, above=0.0, example="600"),
    Column("threads", WHOLE, "Solver threads.", default=1, low=1, high=64, example="1"),
    Column("locale", CHOICE, "How texts write numbers: 1,234.5 (en), 1.234,5 (de), 1 234,5 (fr) or "
           "1'234.5 (ch); blank: plain digits alone. Dates stay ISO.",
           choices=("en", "de", "fr", "ch"), example="en"),
)  # fmt: skip
"""The settings: each is a row of the sheet `settings`, declared like a column."""

TABLES = (
    Table("settings", "One setting of the plan.", ("setting",), (
        Column("setting", CHOICE, "Name of the setting.", required=True,
               choices=tuple(setting.name for setting in SETTINGS), example="start"),
        Column("value", ANY, "Its value; blank: its default.", example="2026-01-01"),
        source(),
    ), required=True),
    Table("systems", "What is ordered and installed as one unit.", ("system",), (
        identifier("system", "Name of the system.", example="CS-3"),
        Column("vendor", TEXT, "Who makes it.", example="Cerebras"),
        Column("class", CHOICE, "Kind of silicon.", choices=("wafer-scale", "LPU", "GPU", "ASIC"),
               example="wafer-scale"),
        Column("power_kw", NUMBER, "Power of the system itself.", unit="kW", required=True,
               low=0.05, high=5000.0, example="23"),
        Column("overhead_kw", NUMBER, "Power of the machines, network and cooling that come with "
               "it; blank counts as 0 and is noted.", unit="kW", default=0.0, low=0.0, high=5000.0,
               example="11"),
        Column("slots", NUMBER, "Slots it takes in a hall.", unit="slots", default=1.0, low=0.0,
               example="1"),
        Column("coolant_lpm", NUMBER, "Coolant flow it needs; required where a hall limits it.",
               unit="l/min", low=0.0, example="92"),
        money("price", "Price of one system where no supplier's own price is given.",
              "money per system", example="1500000"),
        Column("available_from", DATE, "First day on which it can be installed.",
               example="2026-01-01"),
        Column("available_to", DATE, "Last day on which it can be installed.",
               example="2028-12-31"),
        Column("commission_days", WHOLE, "Days from installation to service.", unit="days",
               default=0, low=0, high=3650, example="21"),
        source(),
    ), required=True),
    Table("bom", "Bill of materials: what a plant uses to assemble one system.",
          ("system", "item"), (
        identifier("system", "System that is assembled.", ("systems.system",), example="CS-3"),
        identifier("item", "Item that goes into it.", ("supply.item",), example="wafer"),
        Column("quantity", NUMBER, "Units of the item in one system.", unit="units per system",
               required=True, above=0.0, example="1"),
        source(),
    )),
    Table("supply", "An item or a whole system that a supplier sells.", ("supplier", "item"), (
        identifier("supplier", "Who sells it.", example="TSMC"),
        identifier("item", "What is sold: an item of a bill of materials, or a system.",
                   example="wafer"),
        Column("lead_days", WHOLE, "Days from order to arrival at the supplier's dock.",
               unit="days", required=True, low=0, high=3650, example="120"),
        Column("yield", NUMBER, "Good units in each unit ordered.", default=1.0, above=0.0,
               high=1.0, example="0.95"),
        Column("price", NUMBER, "Price of each unit ordered, good or not; blank: the system's "
               "price if the item is a system, else nothing.", unit="money per unit", low=0.0,
               example="20000"),
        money("order_cost", "Cost of placing an order, whatever its size.",
              "money per order", example="50000"),
        Column("min_order", NUMBER, "Least units of an order.", unit="units",
               default=0.0, low=0.0, example="25"),
        Column("lot", NUMBER, "Units in a lot; orders are whole lots.", unit="units", default=1.0,
               above=0.0, example="25"),
        Column("capacity_use", NUMBER, "Share of the supplier's capacity that a unit takes.",
               unit="capacity units per unit", default=1.0, low=0.0, example="1"),
        Column("available_from", DATE, "First day on which it can be ordered.",
               example="2026-04-01"),
        Column("take_or_pay_share", NUMBER, "Share of the supplier's capacity that is paid for, "
               "ordered or not, settled by order day.", default=0.0, low=0.0, high=1.0,
               example="0.25"),
        source(),
    )),
    Table("supply_capacity", "What a supplier can start, from a date on.", ("supplier", "from"), (
        identifier("supplier", "Supplier; one without a row here has no limit.",
                   ("supply.supplier",), example="TSMC"),
        Column("from", DATE, "First day of this capacity; before its first row a supplier has "
               "none.", required=True, example="2026-01-01"),
        Column("units_per_month", NUMBER, "Capacity, shared by all the supplier's items; each day "
               "has its share of its month.",
               unit="capacity units per month", required=True, low=0.0, example="800"),
        source(),
    )),
    Table("plants", "A plant that assembles a system.", ("plant", "system"), (
        identifier("plant", "Name of the plant.", example="Assembly California"),
        identifier("system", "What it assembles.", ("systems.system",), example="CS-3"),
        Column("units_per_month", NUMBER, "Systems it can start; each day has its share of its "
               "month.", unit="systems per month",
               required=True, low=0.0, example="900"),
        Column("lead_days", WHOLE, "Days from start to finished system.", unit="days",
               required=True, low=0, high=3650, example="30"),
        money("cost", "Cost of assembling one.", "money per system", example="30000"),
        Column("from", DATE, "First day on which it can start one.", example="2026-05-01"),
        source(),
    )),
    Table("depots", "A store between suppliers and sites.", ("depot",), (
        identifier("depot", "Name of the depot.", example="Depot Dallas"),
        limit("storage", "Most units held after a day on which some are taken; blank: no limit.",
              "units", "2000"),
        money("holding_cost", "Cost of holding a unit.", "money per unit and month", "120"),
        source(),
    )),
    Table("lanes", "A way from one place to another.", ("from", "to"), (
        identifier("from", "Supplier, plant, depot or site that it leaves.",
                   ("supply.supplier", "plants.plant", "depots.depot", "sites.site"),
                   example="TSMC"),
        identifier("to", "Plant, depot or site that it reaches.",
                   ("plants.plant", "depots.depot", "sites.site"), example="Assembly California"),
        Column("transit_days", WHOLE, "Days under way.", unit="days", required=True, low=0,
               high=3650, example="7"),
        money("cost", "Freight of one unit, whatever the item.", "money per unit", example="100"),
        limit("units_per_month", "Most units that leave, each day its share of the month; blank: "
              "no limit.", "units per month",
              "1000"),
        Column("mode", TEXT, "Air, road, sea ...", example="air"),
        source(),
    )),
    Table("sites", "A data-centre site.", ("site",), (
        identifier("site", "Name of the site.", example="Oklahoma City"),
        Column("country", TEXT, "Country it lies in.", example="US"),
        Column("region", TEXT, "State or region.", example="OK"),
        Column("pue", NUMBER, "Facility power for each unit of IT power; required where facility "
               "power counts.", low=1.0, high=3.0, example="1.2"),
        money("opening_cost", "Cost of first using the site; none where systems or open halls "
              "already stand.", "money", example="5000000"),
        money("energy_price", "Price of facility energy.", "money per MWh", example="62"),
        money("lease", "Lease of the halls, by the IT power of the systems in service there.",
              "money per MW-month", example="180000"),
        limit("storage", "Most units held there after a day on which some are taken; blank: no "
              "limit.",
              "units", example="500"),
        money("holding_cost", "Cost of holding a unit there.", "money per unit and month", "120"),
        Column("latitude", NUMBER, "Latitude.", unit="degrees", low=-90.0, high=90.0,
               example="35.47"),
        Column("longitude", NUMBER, "Longitude.", unit="degrees", low=-180.0, high=180.0,
               example="-97.52"),
        source(),
    ), required=True),
    Table("halls", "A class of identical halls at one site.", ("hall",), (
        identifier("hall", "Name of the hall class.", example="Oklahoma City A"),
        identifier("site", "Site it belongs to.", ("sites.site",), example="Oklahoma City"),
        Column("count", WHOLE, "Halls of this class.", unit="halls", default=1, low=1, high=10000,
               example="2"),
        Column("it_mw", NUMBER, "IT power of one hall.", unit="MW", required=True, above=0.0,
               high=5000.0, example="10"),
        limit("slots", "Slots in one hall; blank: no limit.", "slots", example="300"),
        limit("coolant_lpm", "Coolant flow of one hall; blank: no limit.", "l/min", "28000"),
        Column("ready", DATE, "First day on which one can be open; blank: from the start.",
               example="2026-06-01"),
        Column("build_days", WHOLE, "Days from the decision to open one until it is open.",
               unit="days", default=0, low=0, high=3650, example="90"),
        money("fit_out_cost", "Cost of opening one hall.", "money per hall", example="12000000"),
        Column("fed_by", TEXT, "Power node that feeds it; blank: no power limit.",
               refers_to=("power.node",), example="OKC feeder"),
        Column("open_count", WHOLE, "Halls of this class that are open at the start.",
               unit="halls", default=0, low=0, high=10000, example="1"),
        source(),
    ), required=True),
    Table("power", "A node of the power tree: grid connection, substation, feeder.", ("node",), (
        identifier("node", "Name of the node.", example="OKC feeder"),
        Column("parent", TEXT, "Node that feeds it; blank: the grid.", refers_to=("power.node",),
               example="OKC substation"),
        Column("site", TEXT, "Site it stands at.", refers_to=("sites.site",),
               example="Oklahoma City"),
        Column("group", TEXT, "Failover group: when any one member is lost, the others, and what "
               "feeds them, must carry its load beside their own.",
               example="OKC feeders"),
        source(),
    )),
    Table("energisation", "Power that a node may carry, from a date on.", ("node", "from"), (
        identifier("node", "Power node; one without a row here has no limit of its own.",
                   ("power.node",), example="OKC feeder"),
        Column("from", DATE, "First day of this power; before its first row a node carries none.",
               required=True, example="2026-06-01"),
        Column("mw", NUMBER, "Firm facility power.", unit="MW", required=True, low=0.0,
               example="24"),
        source(),
    )),
    Table("crews", "Installation crews of a site, from a date on.", ("site", "from"), (
        identifier("site", "Site; one without a row here has no limit.", ("sites.site",),
                   example="Oklahoma City"),
        Column("from", DATE, "First day of this number; before its first row a site installs "
               "none.", required=True, example="2026-01-01"),
        Column("systems_per_month", NUMBER, "Systems that can be installed; each day has its "
               "share of its month.",
               unit="systems per month", required=True, low=0.0, example="150"),
        source(),
    )),
    Table("commitments", "Megawatts promised to a customer.", ("commitment",), (
        identifier("commitment", "Name of the commitment.", example="OpenAI"),
        Column("customer", TEXT, "To whom it is made.", example="OpenAI"),
        Column("basis", CHOICE, "Which megawatts count: of the systems, of all IT, of the "
               "facility.", required=True, choices=BASES, example="it"),
        Column("priority", WHOLE, "1 is served first; a larger number never at the cost of a "
               "smaller one.", default=1, low=1, high=99, example="1"),
        money("late_cost", "Cost of each megawatt missed, by month.", "money per MW-month",
              "555000"),
        money("price", "Revenue of each megawatt served, by month; reported, not in the cost.",
              "money per MW-month", "555000"),
        Column("countries", LIST, "Countries that may serve it, separated by commas; blank: all.",
               example="US, CA"),
        Column("systems", LIST, "Systems that may serve it, separated by commas, a name with a "
               "comma in double quotes; blank: all.",
               refers_to=("systems.system",), example="CS-3, CS-4"),
        Column("may_fall", FLAG, "Whether a milestone may be lower than the one before it; from "
               "its date on only the lower megawatts are due.", default=False, example="no"),
        source(),
    ), required=True),
    Table("milestones", "Megawatts of a commitment due on a date.", ("commitment", "date"), (
        identifier("commitment", "Commitment that it belongs to.", ("commitments.commitment",),
                   example="OpenAI"),
        Column("date", DATE, "Day by which they are in service.", required=True,
               example="2026-12-31"),
        Column("mw", NUMBER, "Megawatts in all by then, on the commitment's basis.", unit="MW",
               required=True, low=0.0, example="250"),
        source(),
    ), required=True),
    Table("service", "Which site may serve which commitment, and at what cost.",
          ("commitment", "site"), (
        identifier("commitment", "Commitment.", ("commitments.commitment",), example="OpenAI"),
        identifier("site", "Site.", ("sites.site",), example="Oklahoma City"),
        money("cost", "Cost of serving a megawatt for a month from there.", "money per MW-month",
              "1200"),
        Column("allowed", FLAG, "Whether the site may serve it.", default=True, example="yes"),
        source(),
    )),
    Table("budget", "Money that may be spent up to a date, in all.", ("date",), (
        Column("date", DATE, "Day up to which spending counts.", required=True,
               example="2026-12-31"),
        Column("cumulative", NUMBER, "Most money spent up to then, without late cost.",
               unit="money", required=True, low=0.0, example="6000000000"),
        source(),
    )),
    Table("fleet", "Systems that stand in a hall at the start.", ("hall", "system"), (
        identifier("hall", "Hall class they stand in.", ("halls.hall",),
                   example="Oklahoma City A"),
        identifier("system", "System.", ("systems.system",), example="CS-3"),
        Column("count", WHOLE, "How many.", unit="systems", required=True, low=0, example="120"),
        Column("commitment", TEXT, "The only commitment they may serve, and from which they "
               "cannot be taken; blank: any.", refers_to=("commitments.commitment",),
               example="OpenAI"),
        source(),
    )),
    Table("orders", "An order already placed.", ("order",), (
        identifier("order", "Order number.", example="PO-1001"),
        identifier("supplier", "Supplier.", ("supply.supplier",), example="TSMC"),
        identifier("item", "Item.", ("supply.item",), example="wafer"),
        Column("quantity", NUMBER, "Units ordered; the supplier's yield applies on arrival.",
               unit="units", required=True, above=0.0, example="500"),
        Column("arrives", DATE, "Day of arrival at the supplier's dock.", required=True,
               example="2026-03-02"),
        Column("placed", DATE, "Day it was placed; before the plan's start, or blank, it is paid "
               "and has used its capacity already.", example="2025-11-03"),
        source(),
    )),
    Table("scenarios", "A named set of changes.", ("scenario", "change"), (
        identifier("scenario", "Name of the scenario.", example="feeder slips"),
        identifier("change", "A change that is part of it.", ("changes.change",),
                   example="feeder slips 90 days"),
        Column("probability", NUMBER, "Probability of the scenario, shown beside its results; no "
               "figure is weighed by it.", low=0.0, high=1.0, example="0.2"),
        source(),
    )),
    Table("changes", "A named change to the inputs.", ("change", "sheet", "key", "column"), (
        identifier("change", "Name of the change.", example="feeder slips 90 days"),
        identifier("sheet", "Sheet that it changes.", example="energisation"),
        identifier("key", "Key of the rows, its parts separated by commas, with * for any.",
                   example="FDR-3,*"),
        identifier("column", "Column that it changes.", example="from"),
        Column("operation", CHOICE, "What is done to the value.", required=True,
               choices=("set", "scale", "add", "shift_days"), example="shift_days"),
        Column("value", ANY, "What it is done with.", required=True, example="90"),
        source(),
    )),
    Table("draws", "A quantity that a sweep draws at random, and one column that it changes.",
          ("draw", "sheet", "key", "column"), (
        identifier("draw", "Name of the quantity; further rows of the same name change more "
                   "columns by the same value.", example="TSMC allocation"),
        identifier("sheet", "Sheet that it changes.", example="supply_capacity"),
        identifier("key", "Key of the rows, its parts separated by commas, with * for any.",
                   example="TSMC,*"),
        identifier("column", "Column that it changes.", example="units_per_month"),
        Column("operation", CHOICE, "What is done to the value.", required=True,
               choices=("set", "scale", "add", "shift_days"), example="scale"),
        Column("distribution", CHOICE, "How it is drawn; on the first row of its name.",
               choices=("triangular", "uniform", "normal", "lognormal", "empirical"),
               example="triangular"),
        Column("low", NUMBER, "Least value; of normal and lognormal where they are cut off.",
               example="0.8"),
        Column("mode", NUMBER, "Most likely value, of triangular.", example="1"),
        Column("high", NUMBER, "Largest value; of normal and lognormal where they are cut off.",
               example="1.2"),
        Column("mean", NUMBER, "Mean, of normal and lognormal.", example="1"),
        Column("sd", NUMBER, "Standard deviation, of normal and lognormal.", above=0.0,
               example="0.1"),
        Column("sample", TEXT, "Sample that empirical draws from.", refers_to=("samples.sample",),
               example="announced dates"),
        Column("group", TEXT, "Quantities of one group move together.", example="Texas feeders"),
        Column("correlation", NUMBER, "How closely it moves with its group: 0 not at all, 1 as "
               "one.", low=0.0, high=1.0, example="0.7"),
        source(),
    )),
    Table("samples", "An observation that an empirical draw may repeat.", ("sample", "number"), (
        identifier("sample", "Name of the sample.", example="announced dates"),
        Column("number", WHOLE, "Number of the observation.", required=True, low=1, example="1"),
        Column("value", NUMBER, "What was observed.", required=True, example="99"),
        source(),
    )),
)  # fmt: skip
"""All sheets, in the order of the template."""

FOR_PEOPLE = frozenset({"readme", "check", "planner check"})
"""Sheets that `init` and `check` write for people; the reader passes over them."""

BY_NAME = {table.name: table for table in TABLES}
"""The sheets by name."""
