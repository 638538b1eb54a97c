"""Types of columns fit how they are shown, and real tables have the rows that are typed."""

from __future__ import annotations

from datetime import date
from itertools import product
from types import NoneType
from typing import get_args, get_type_hints

import pytest
from explain_cases import small_case
from random_tokens import token_case
from random_wide import wide_case
from token_plans import rate, sheets_of, site, system, workload

from planner.checker.tables import MAY_BE_BLANK
from planner.explain.findings import (
    Inquiry,
    TokenInquiry,
    explain_plan,
    quote_plan,
    quote_tokens,
)
from planner.explain.quote import Terms
from planner.explain.token_quote import TokenTerms
from planner.pipeline import Options, make_plan
from planner.plan.columns import KINDS
from planner.plan.finding_rows import FindingTables
from planner.plan.finding_tables import EXPLAINED, QUOTED, TOKENS_QUOTED
from planner.plan.result_rows import Tables
from planner.plan.tables import RESULTS
from planner.workbook.reading import inputs_from_rows

TABLES = [(Tables, table) for table in RESULTS]
TABLES += [(FindingTables, table) for table in (*EXPLAINED, *QUOTED, *TOKENS_QUOTED)]


def types_of(tables, table):
    """Types of a table's columns by name, None among them where a column may be blank."""
    (row,) = get_args(get_type_hints(tables)[table.name])
    return {name: set(get_args(hint) or (hint,)) for name, hint in get_type_hints(row).items()}


def types_of_kind(kind):
    """Types that the values of a kind of column may have; a label may be a yes or no."""
    if kind == "date":
        return {date}
    if KINDS[kind].decimals is not None:
        return {float}
    return {str, bool} if kind == "label" else {str}


def test_every_declared_table_is_typed_and_no_other():
    names = {Tables: [table.name for table in RESULTS]}
    names[FindingTables] = [table.name for table in (*EXPLAINED, *QUOTED, *TOKENS_QUOTED)]
    for tables, declared in names.items():
        assert sorted(get_type_hints(tables)) == sorted(declared)


@pytest.mark.parametrize(("tables", "table"), TABLES, ids=lambda value: getattr(value, "name", ""))
def test_a_table_has_the_columns_of_its_rows_with_fitting_types(tables, table):
    types = types_of(tables, table)
    assert list(types) == list(table.columns)
    for column in table.declared:
        (kind,) = types[column.name] - {NoneType}
        assert kind in types_of_kind(column.kind), column.name


@pytest.mark.parametrize("table", RESULTS, ids=lambda table: table.name)
def test_columns_of_results_may_be_blank_where_the_checker_lets_them_be(table):
    blank = {name for name, types in types_of(Tables, table).items() if NoneType in types}
    assert blank == MAY_BE_BLANK.get(table.name, set())


def short_case():
    """One G serves half of what is asked for; the rest is missed, or bought from an API."""
    return sheets_of(
        [system("G")],
        [workload("chat", 0, 864), workload("bought", 0, 864)],
        [rate("G", decode=5_000)],
        [site("A", mw=0.1)],
        token_prices=[{"workload": "bought", "buy_output": 1}],
    )


def test_rows_of_plans_and_of_findings_have_the_types_of_their_columns():
    # The first is late, the second ships, the third assembles, the last two serve and miss tokens.
    cases = (small_case(0), wide_case(3), wide_case(8), token_case(2), short_case())
    plans = [make_plan(inputs_from_rows("case", sheets), Options()) for sheets in cases]
    late, tokens = plans[0], plans[-1]
    findings = (
        explain_plan(late),
        quote_plan(late, Inquiry(Terms("it"), (1.0,))),
        explain_plan(tokens),
        quote_tokens(tokens, TokenInquiry(TokenTerms("m", 1.0), (1.0,))),
    )
    seen = set()
    for source, (declared, table) in product((*plans, *findings), TABLES):
        types = types_of(declared, table)
        for row in source.tables.get(table.name, ()):
            assert row.keys() == types.keys()
            for name, value in row.items():
                kind = float if type(value) is int else type(value)
                assert kind in types[name], (table.name, name, value)
            seen.add(table.name)
    assert seen == {table.name for _, table in TABLES}
