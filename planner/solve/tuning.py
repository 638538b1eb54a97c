"""Tuning numbers of the solver: how far each step goes before the next one takes over.

They decide how fast a plan is found and which of several equally good plans it is, never whether a
plan is valid or a bound holds. Tolerances, on which that depends, are in `planner.tolerance`.

Each number states its unit, the reason for it and what was measured. Where a number was never
measured, that is stated, too.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DivePace:
    """How fast a dive rounds openings up.

    Attributes
    ----------
    postponed_share : float
        Share of the fractional openings that each step leaves to the next.
    max_steps : int
        Most steps; the last one rounds all openings that are left.
    """

    postponed_share: float
    max_steps: int


@dataclass(frozen=True)
class Tuning:
    """All tuning numbers of `planner.solve`; a test passes another instance."""

    # Size of a model

    small_model_max_integers: int = 400
    """Integer columns up to which the whole model goes to branch and bound at once.

    Stages only pay if branch and bound on the whole model is slow. Not measured.
    """

    large_model_min_columns: int = 300_000
    """Columns above which polishing skips tiers at zero, and prefers presolve to a warm basis.

    Each of these solves takes long only in a vast model. Not measured.
    """

    # Tiers (`lexicographic`)

    tight_tier_max_gap: float = 1e-3
    """Widest relative gap of a tight tier (e.g. missed megawatts), whatever gap was requested.

    No later tier can repair a tight tier. Because the gap is relative, no megawatt is missed if
    none need be. Not measured.
    """

    fallback_seconds: float = 5.0
    """Time limit in seconds of the solve for the plan that decides nothing.

    It is sought after the time limit has passed, if no other plan was found.

    On the 750 MW plan the solve takes 0.5 CPU seconds.
    """

    last_resort_seconds: float = 120.0
    """Time limit in seconds of a further solve, for any plan at all, if that one is not found.

    On a machine with much else to do, 5 seconds were once too few for a model of 3,652 columns,
    which needs 0.2 CPU seconds.
    """

    # Initial plan (`initial_plan`)

    relaxation_gap_share: float = 0.3
    """Share of its gap that each tier gives up in the relaxation to the later tiers.

    With it, the initial plan of 15,000 columns was 0.03 % from the bound in megawatts missed and
    0.07 % in cost after 15 seconds. Other shares were not compared.
    """

    min_counts_gap_share: float = 0.3
    """Least share of the last tier's gap for integer counts, however much the openings use.

    Not measured.
    """

    min_tier_gap: float = 1e-3
    """Least relative gap sought for a tier; closer proofs are left to the tiers in turn.

    Not measured.
    """

    min_dual_factor: float = 2.0
    """Least weight of a tier as a multiple of its dual value, so that missing more never pays.

    At a factor of one it would cost nothing to miss more. Larger factors were not compared.
    """

    # Shape: integer openings, continuous counts (`staged`)

    shape_gap_share: float = 0.5
    """Share of the gap that the shape may use; the rest is for the counts. Not measured."""

    shape_time_share: float = 0.7
    """Share of the time for the shape, if there are counts to round after it. Not measured."""

    proof_gap_share: float = 0.9
    """Share of the gap at which the bound of a shape would prove the incumbent.

    Not measured.
    """

    shape_dive: DivePace = DivePace(postponed_share=0.5, max_steps=12)
    """Pace of the dive for a shape: half of the openings at a time.

    Not measured.
    """

    dive_time_share: float = 0.5
    """Share of its time after which a dive rounds all openings that are left. Not measured."""

    min_dive_seconds: float = 1.0
    """Least time limit in seconds of one step of a dive, so that the last one is finished.

    Not measured.
    """

    tie_break_max_nodes: int = 200
    """Node limit for breaking ties in a small model; a large one gets its root node only.

    The limit is on nodes, so that every machine ends at the same plan. Not measured.
    """

    tie_break_gap: float = 1e-3
    """Relative gap at which tie-breaking in a large model stops. Not measured."""

    # Counts: whole systems and lots (`rounding`)

    milestones_gap_share: float = 0.7
    """Share of the gap that may be used once systems at milestones are integer. Not measured."""

    counts_gap_share: float = 0.95
    """Share of the gap that may be used once all counts are integer. Not measured."""

    count_search_gap_share: float = 1 / 8
    """Relative gap of each search over counts, as a share of the requested gap.

    A search stops earlier once it reaches its target. Not measured.
    """

    count_search_time_share: float = 1 / 3
    """Share of the time left that each of the three searches over counts may take. Not measured."""

    near_max_nodes: int = 3
    """Node limit of the search over all counts near a shape.

    It found a 750 MW plan within 0.067 % of the bound at the root node, in 19 s on one core;
    rounding milestones first, and then the counts between them, took over 50 s for 0.097 %. For
    2 GW the first search ends 0.27 % from the bound, whether with 3 or 20 nodes (30 or 39 s of
    CPU). The second search, near that plan, reaches 0.06 % at its root node in 27 s.
    """

    milestones_max_nodes: int = 100
    """Node limit of the search over systems at milestones.

    Any gap that it leaves is left to branch and bound on the whole model. Not measured.
    """

    counts_max_nodes: int = 200
    """Node limit of the search over counts between milestones.

    Any gap that it leaves is left to branch and bound on the whole model. Not measured.
    """

    count_band_units: float = 5.0
    """Systems or lots by which a count may move from its value in the shape. Not measured."""

    wide_count_band_units: float = 20.0
    """The same where whole replicas allow no plan within `count_band_units`.

    Measured on 750 MW of which every system is loaded: none within 5, some within 20.
    """

    wide_near_max_nodes: int = 20
    """As `near_max_nodes`, in the wider band, where three nodes found no plan in 19 s of CPU."""

    # Second solves (`recheck`)

    second_solve_node_factor: int = 5
    """Node limit of the second solve, as a multiple of the nodes of the first. Not measured."""

    second_solve_min_nodes: int = 10
    """Least node limit of the second solve in any model.

    With 10 nodes alone, without the next number, one of 5,000 small models solved in stages kept a
    wrong bound.
    """

    second_solve_nodes_times_columns: int = 1_000_000
    """Least node limit of the second solve, as a product with the number of columns.

    It is about one second's work.
    """

    second_solve_min_pivots: int = 10_000
    """Least pivot limit of the second solve of an infeasible LP. Not measured."""

    second_solve_pivots_per_row: int = 10
    """Pivot limit of the second solve of an infeasible LP, per row. Not measured."""

    # Linear programs from a known basis (`duals`)

    linear_time_limit_seconds: float = 600.0
    """Time limit of a linear program, in seconds; each takes a small fraction of it."""

    near_pivots_per_row: float = 0.4
    """Pivot limit from the basis before one limit was moved, per row of the model.

    Past the limit the solve starts from scratch. Most changes need far fewer pivots; those that
    need more are faster with presolve.
    """

    further_pivots_per_row: float = 0.2
    """The same where several limits were moved: the basis is likely to be further away."""

    far_pivots_per_row: float = 0.05
    """The same from the basis of another model."""

    min_pivots: int = 200
    """Least pivot limit from a known basis, however few rows there are. Not measured."""

    grown_pivots_per_row: float = 1.0
    """Pivot limit of primal simplex from the basis of a model with fewer columns, per row.

    That basis is primal feasible, and optimal without a pivot if the new columns do not improve the
    objective. Over all kinds of dates of six late cases this took 70 % of the time of a solve from
    scratch, and one thirtieth where the new columns gain nothing.
    """

    # Polishing (`polish`)

    polish_time_limit_seconds: float = 600.0
    """Time limit in seconds of each LP that remains once integers are fixed.

    Each takes a fraction of it.
    """

    spare_max_nodes: int = 100
    """Node limit for removing spare openings and lots. Not measured."""

    spare_time_limit_seconds: float = 60.0
    """Time limit in seconds of the same; the nodes take a fraction of it."""

    # Warm start from a similar plan (`warm_start`)

    warm_openings_max_nodes: int = 1
    """Node limit for openings if the known plan and the dive leave too wide a gap.

    The limit is on nodes, so that every machine ends at the same plan. Not measured.
    """

    warm_openings_gap_share: float = 0.5
    """Share of the requested gap to which these openings are sought. Not measured."""

    # HiGHS in a thread (`highs_thread`)

    poll_seconds: float = 0.05
    """Seconds between two polls of the condition that interrupts HiGHS. Not measured."""

    interrupt_grace_seconds: float = 0.1
    """Seconds that HiGHS has to end after an interrupt before it is abandoned.

    Its sub-MIP heuristics, which poll no interrupt, ran for up to half a minute on a 750 MW plan.
    """

    # Large plans by site (`decompose.by_site`)

    by_site_min_installs: int = 8_000
    """Least number of installs (hall, system, day) of a case that is solved by site.

    Not measured.
    """

    coarse_relaxation_min_installs: int = 20_000
    """Promising installs above which a relaxation in longer periods is solved first.

    On 150 sites, 120 months and 10 systems the restricted relaxation alone took 150 s; in quarters
    first, and then only around those days, 23 and 34 s. The limit itself was not measured.
    """

    coarse_openings_min_installs: int = 40_000
    """Installs left by that relaxation above which openings are rounded in longer periods.

    Not measured.
    """

    coarse_relaxation_time_share: float = 1 / 3
    """Share of the time that the relaxation in longer periods may take. Not measured."""

    stock_perturbation_units: float = 1e-3
    """Units drawn from each stock on each day while dual values are computed. Not measured."""

    max_sifting_rounds: int = 8
    """Most sifting rounds; the first or second nearly always ends the sifting."""

    sifting_gap_share: float = 0.05
    """Share of the requested gap at which sifting stops. Not measured."""

    block_gap_share: float = 0.02
    """Share of the requested gap to which the bound of each site is solved. Not measured."""

    block_max_nodes: int = 200
    """Node limit for the openings of one site's bound. Not measured."""

    site_counts_gap_share: float = 0.2
    """Share of the requested gap that integer counts may cost. Not measured."""

    min_pairs_per_chunk: int = 200
    """Least number of pairs of hall and system whose blocks are built at once.

    More take memory, and seconds without a check of the time limit; fewer build the supply more
    often. The number itself was not measured.
    """

    # Openings of large plans (`decompose.openings`, `decompose.coarse_periods`)

    openings_dive: DivePace = DivePace(postponed_share=0.9, max_steps=60)
    """Pace of the dive for the openings of a large plan.

    Small steps leave cheaper openings. On 30 sites, 60 months and 6 systems it takes one second.
    """

    coarse_dive: DivePace = DivePace(postponed_share=0.8, max_steps=20)
    """Pace of the dive for openings in longer periods. Not measured."""

    coarse_margin_periods: int = 1
    """Longer periods before the first install and after the last that are considered as well.

    On 150 sites this cost 0.01 % of the plan's cost.
    """

    spread_periods: int = 2
    """Periods before and after those of the relaxation in which whole systems may be installed.

    If too few, all periods are tried next. Not measured.
    """


DEFAULT_TUNING = Tuning()
"""The numbers that every command uses."""
