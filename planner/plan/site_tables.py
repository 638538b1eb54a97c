"""Tables that reports derive on megawatts, sites, power and days: every column declared once."""

from __future__ import annotations

from planner.plan.columns import Column, ResultTable
from planner.plan.result_rows import BASIS, COMMITMENT, HALL, ITEM, NODE, SITE, SYSTEM
from planner.plan.tables import CLOCK, INSTALLS, OPENINGS, POWER

COUNTRY = Column("country", "Country", "", "label", "Country of the site.")
CONTRACT_BASIS = Column(
    "own", "Basis of the contract", "", "label", "Basis on which the commitment is agreed."
)
SYSTEM_POWER = Column("power_kw", "System power", "kW", "decimal", "Power of one system.")

# ------------------------------------------------------------------ megawatts

LEDGER = ResultTable(
    "megawatt_ledger",
    "A commitment converted to systems of a kind on a basis.",
    (
        COMMITMENT,
        SYSTEM,
        BASIS,
        CONTRACT_BASIS,
        Column("mw", "Contract", "MW", "mw", "MW of the contract."),
        SYSTEM_POWER,
        Column("overhead_kw", "Overhead counted", "kW", "decimal", "Overhead that counts."),
        Column("pue", "PUE counted", "facility / IT", "decimal", "PUE that counts."),
        Column("kw", "One system counts", "kW", "decimal", "(Power + overhead) x PUE."),
        Column("to_meet", "Systems to meet it", "systems, up", "count", "Systems, rounded up."),
        Column("within", "Systems within it", "systems, down", "count", "Systems, rounded down."),
    ),
)

MW_BY_BASIS = ResultTable(
    "mw_by_basis",
    "Systems of a kind at a site that serve a commitment at the end of the plan.",
    (
        COMMITMENT,
        SYSTEM,
        SITE,
        CONTRACT_BASIS,
        Column("mw", "In service", "MW, that basis", "mw", "MW on the contract's basis."),
        SYSTEM_POWER,
        Column("overhead_kw", "Overhead", "kW", "decimal", "Overhead of one system."),
        Column("pue", "PUE", "facility / IT", "decimal", "PUE of the site."),
        Column("systems", "Systems", "systems", "amount", "Systems that serve it."),
        Column("system_mw", "On basis system", "MW", "mw", "Their own power.", adds_up=True),
        Column("it_mw", "On basis it", "MW", "mw", "The same with overhead.", adds_up=True),
        Column("facility_mw", "On basis facility", "MW", "mw", "The same times PUE.", adds_up=True),
    ),
)

SITES = ResultTable(
    "sites",
    "Systems of a kind in a hall class at the end of the plan.",
    (
        SITE,
        COUNTRY,
        HALL,
        Column("halls", "Halls", "in all", "count", "Halls of the class.", adds_up=True),
        Column("opened", "Open", "halls", "amount", "Halls that are open.", adds_up=True),
        Column(
            "open_mw", "Open halls", "MW, IT power", "mw", "Power of the open halls.", adds_up=True
        ),
        SYSTEM,
        Column("installed", "Installed", "systems", "amount", "Systems installed.", adds_up=True),
        Column(
            "in_service", "In service", "systems", "amount", "Systems in service.", adds_up=True
        ),
        Column(
            "it_mw", "In service", "MW, IT power", "mw", "Power of these systems.", adds_up=True
        ),
        Column("first", "First install", "", "date", "Day of the first install."),
        Column("last", "Last install", "", "date", "Day of the last install."),
    ),
)

SITE_PERIODS = ResultTable(
    "site_periods",
    "The sites in a period, and all of them together.",
    (
        Column("period", "First day of {period}", "", "date", "First day of the period."),
        Column("period_end", "End of {period}", "", "date", "Last day of the period."),
        Column("site", "{site}", "", "amount", "Quantity at a site."),
        Column("all", "All", "", "amount", "Sum over the sites."),
    ),
)

SITE_MW = ResultTable(
    "site_mw",
    "IT power in service at a site, by year.",
    (
        SITE,
        Column("mw", "{day}", "MW, IT power", "mw", "Power of all systems in service that day."),
    ),
)

SITE_MAP = ResultTable(
    "site_map",
    "A site on the map.",
    (
        SITE,
        COUNTRY,
        Column("region", "Region", "", "text", "Region of the site."),
        Column("latitude", "Latitude", "degrees", "decimal", "Latitude of the site."),
        Column("longitude", "Longitude", "degrees", "decimal", "Longitude of the site."),
        Column("pue", "PUE", "facility / IT", "decimal", "PUE of the site."),
        Column("mw", "In service", "MW, IT power", "mw", "Power in service at the end."),
    ),
)

ROUTES = ResultTable(
    "routes",
    "Units of an item moved from one place to another over the whole plan.",
    (
        Column("start", "From", "", "text", "Place that they leave."),
        Column("end", "To", "", "text", "Place that they reach."),
        ITEM,
        Column("units", "Shipped", "units", "amount", "Units shipped."),
    ),
)

HALL_OPENINGS = ResultTable(
    "hall_openings",
    OPENINGS.help,
    (
        *OPENINGS.declared,
        COUNTRY,
        Column("fit_out", "Fit-out cost", "{money}", "money", "Cost of fitting out.", adds_up=True),
    ),
)

POWER_NODES = ResultTable(
    "power_nodes",
    "A power node at the end of the plan, and at its peak.",
    (
        NODE,
        Column("load_mw", "Load at the end", "MW", "mw", "Load on the last day."),
        Column("energised_mw", "Energised at the end", "MW", "mw", "Limit on the last day."),
        Column("headroom_mw", "Headroom at the end", "MW", "mw", "Energised less load."),
        Column("stranded_mw", "Stranded at the end", "MW", "mw", "MW that halls cannot draw."),
        Column("most_stranded_mw", "Most stranded", "MW", "mw", "The same at most."),
        Column("most_day", "Most stranded on", "", "date", "Day of the most stranded."),
        Column("peak_mw", "Peak load", "MW", "mw", "Largest load."),
        Column("peak_day", "Peak load on", "", "date", "Day of the largest load."),
        Column("least_mw", "Least headroom", "MW", "mw", "Least headroom once energised."),
        Column("least_day", "Least headroom on", "", "date", "Day of the least headroom."),
        Column("use", "Peak use", "% of energised", "share", "Largest load over energised."),
    ),
)

POWER_PERIODS = ResultTable(
    "power_periods",
    POWER.help,
    (
        *POWER.declared,
        Column("last", "Last day of {period}", "", "date", "Last day of the period."),
        Column("stranded_mw", "Stranded", "MW", "mw", "MW that halls cannot draw."),
    ),
)

# ------------------------------------------------------------------ days

DAILY_INSTALLS = ResultTable(
    "daily_installs",
    INSTALLS.help,
    (
        *INSTALLS.declared,
        Column(
            "in_service",
            "In service on",
            "",
            "date",
            "Day after commissioning; blank after the end of the plan.",
        ),
    ),
)

MOVES = ResultTable(
    "moves",
    "Systems that a plant starts to assemble, or units that leave on a lane, by a day.",
    (
        Column("what", "Movement", "", "label", "assembly or shipment."),
        Column("from", "From", "", "text", "Plant, or place that they leave."),
        Column("to", "To", "", "text", "Plant, or place that they reach."),
        ITEM,
        Column("since", "Since", "", "date", "Day from which they are started or sent evenly."),
        Column("date", "Starts or leaves", "", "date", "Day by which all are started or sent."),
        Column("done", "Finished or arrives", "", "date", "Day on which the last is there."),
        Column("quantity", "Quantity", "units", "amount", "Units started or sent."),
    ),
)

WINDOWS = ResultTable(
    "windows",
    "A window in which any work is done.",
    (
        Column("work", "Work", "", "label", "Kind of the work."),
        CLOCK.columns["place"],
        Column("more", "To, or item", "", "text", "Place reached, or kind of system."),
        CLOCK.columns["window_from"],
        CLOCK.columns["date"],
        Column("done", "Completed", "", "long", "Units done, by item.", width=60),
        CLOCK.columns["carried"],
    ),
)

CALENDAR = ResultTable(
    "calendar",
    "A stage of the work for a milestone at a site.",
    (
        Column("due", "Milestone due", "", "date", "Day of the milestone."),
        COMMITMENT,
        SITE,
        Column("stage", "Stage", "", "label", "order, arrive, install or in service."),
        Column("unit", "Counted", "", "label", "Orders, or a kind of system."),
        Column("first", "First", "", "date", "First day of the stage."),
        Column("last", "Last", "", "date", "Last day of the stage."),
        Column("all", "All", "number", "amount", "Number over all months."),
    ),
)

TRANCHES = ResultTable(
    "tranches",
    "Systems for a milestone at a site, from order to service.",
    (
        COMMITMENT,
        Column("due", "Due", "", "date", "Day of the milestone."),
        SITE,
        Column("mw", "Served", "MW", "mw", "MW that they serve."),
        Column("late_mw", "Late", "MW", "mw", "MW of them in service after that day."),
        Column("missing_mw", "Not in service at the end", "MW", "mw", "MW never in service."),
        BASIS,
        Column("first", "{stage}, first", "", "date", "First day of a stage."),
        Column("last", "{stage}, last", "", "date", "Last day of a stage."),
        Column("in_service", "In service", "last day", "date", "Day of the last service."),
    ),
)

SITE_TABLES = (
    LEDGER,
    MW_BY_BASIS,
    SITES,
    SITE_PERIODS,
    SITE_MW,
    SITE_MAP,
    ROUTES,
    HALL_OPENINGS,
    POWER_NODES,
    POWER_PERIODS,
    DAILY_INSTALLS,
    MOVES,
    WINDOWS,
    CALENDAR,
    TRANCHES,
)
"""Every table of this module."""
