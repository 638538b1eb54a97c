"""What the pages say is what the program does: commands, figures, sheets, links, pins."""

from __future__ import annotations

import importlib
import os
import re
import shlex
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import api_page
import click
import openpyxl
import pytest
from click.testing import CliRunner
from places import ROOT

from planner import __version__
from planner.cli.main import COMMANDS, planner
from planner.pipeline import make_plan
from planner.workbook.reading import inputs_from_rows, read_inputs
from planner.workbook.schema.sheets import TABLES

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HEAVY = ("pandas", "pulp", "highspy", "networkx", "openpyxl", "numpy", "xlsxwriter", "lxml", "rich")
PAGES = [
    *ROOT.glob("*.md"),
    *ROOT.glob(".github/*.md"),
    ROOT / "inputs/README.md",
    ROOT / "inputs/data/README.md",
    ROOT / "outputs/README.md",
]
TEXTS = [
    *PAGES,
    ROOT / "pyproject.toml",
    ROOT / "constraints.txt",
    ROOT / ".ci/run",
    ROOT / ".pre-commit-config.yaml",
    ROOT / ".github/ramp.svg",
    *(
        path
        for folder in ("planner", "inputs", "tests/benchmarks")
        for suffix in ("py", "csv", "md", "txt", "json", "toml")
        for path in (ROOT / folder).rglob(f"*.{suffix}")
    ),
]
LOCAL = re.compile(
    r"(?<![\w.~/:-])/(?:work|tmp|root|home|Users|opt|var|private)/|\b[A-Z]:\\|file://|localhost"
)
"""A place that exists on one machine only."""


def blocks(text: str) -> list[str]:
    return re.findall(r"^```\w*\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def command_for_ci() -> str:
    found = re.search(r"^<!-- test command -->\n```sh\n(.*?)\n```$", README, re.MULTILINE)
    assert found is not None
    return found[1]


def command_lines(page: str) -> list[list[str]]:
    """Give the arguments of every planner command of a page, in blocks and in the text."""
    prose = re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)
    spans = [span for span in re.findall(r"`([^`\n]+)`", prose) if span.startswith("planner ")]
    lines = [
        part.split(" > ")[0]
        for line in [*"\n".join(blocks(page)).splitlines(), *spans]
        for part in line.split(" && ")
    ]
    split = [shlex.split(line, comments=True) for line in lines if re.match(r"\S*planner ", line)]
    return [words[1:] for words in split]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_the_pages_exists_and_parses(page: Path) -> None:
    if page.name == "CHANGELOG.md":
        pytest.skip("it tells of commands as they were")
    for name, *arguments in command_lines(page.read_text(encoding="utf-8")):
        if name in ("...", "--help"):
            continue
        assert name in COMMANDS, name
        chapter = planner.get_command(click.Context(planner), name)
        assert chapter is not None
        if arguments and arguments != ["--json"]:  # a mention of what it prints
            chapter.make_context(name, arguments)


@pytest.mark.parametrize("page", ["README.md", ".github/COMMANDS.md"])
def test_the_page_has_every_command(page: str) -> None:
    lines = command_lines((ROOT / page).read_text(encoding="utf-8"))
    assert {line[0] for line in lines} >= set(COMMANDS)


def test_every_file_that_a_command_of_the_pages_runs_is_there() -> None:
    for page in PAGES:
        for name in re.findall(
            r"\b(?:python|pytest) (tests/[\w/*.]+)", page.read_text(encoding="utf-8")
        ):
            assert [*ROOT.glob(name)], f"{page.name}: {name}"


def test_the_how_tos_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sections = re.findall(r"^## How to .*?(?=^## )", README, re.MULTILINE | re.DOTALL)
    lines = [line for part in sections for line in "".join(blocks(part)).splitlines()]
    assert len(sections) == 3
    for line in lines:
        result = CliRunner().invoke(planner, shlex.split(line, comments=True)[1:])
        assert result.exit_code == 0, f"{line}\n{result.output}"
    late = openpyxl.load_workbook("outputs/more/plan.xlsx", read_only=True).sheetnames
    assert {"Why late", "Asks", "Bottlenecks", "Slack"} <= set(late)
    quoted = openpyxl.load_workbook("outputs/my-plan/plan.xlsx", read_only=True).sheetnames
    assert "Quote" in quoted


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    result = CliRunner().invoke(planner, [name, "--help"], prog_name="planner")
    assert result.exit_code == 0
    assert f"Example: planner {name}" in result.output


@pytest.mark.parametrize("arguments", [(), *((name,) for name in COMMANDS)])
def test_help_imports_nothing_heavy(arguments: tuple[str, ...]) -> None:
    code = (
        "import sys\nfrom planner.cli.main import main\n"
        f"try:\n    main({[*arguments, '--help']!r})\nexcept SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        f"print('heavy:', *sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "heavy:"
    assert done.stdout.startswith("Usage: planner")


def test_the_test_command_is_one_that_ci_can_run_alone() -> None:
    assert command_for_ci() == (
        "python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt -e '.[test]'"
        " && .venv/bin/pytest"
    )
    assert "<!-- test command -->" in (ROOT / ".ci/run").read_text(encoding="utf-8")


def test_the_plan_made_by_hand_is_the_planners() -> None:
    page = (ROOT / ".github/FIRST-PLAN.md").read_text(encoding="utf-8").split("\n## ")[0]
    plan = make_plan(read_inputs(ROOT / "inputs/first-plan.xlsx"))
    costs = plan.tables["costs"]
    for key in ("amount", "present_cost"):
        assert f"**{sum(float(row[key]) for row in costs):,.0f}**" in page  # type: ignore[arg-type]
    table = page.split("| day |")[1]
    shown = [line.split("|")[-2].strip() for line in table.splitlines() if line.startswith("| ")]
    spent = [f"{float(row['present_cost']):,.0f}" for row in plan.tables["spend"]]  # type: ignore[arg-type]
    assert {"19,686,209", "84,776", "28,968,120"} <= set(spent) & set(shown)
    rows = [int(cell.replace(",", "")) for cell in shown if cell.replace(",", "").isdigit()]
    total = int(shown[-1].strip("*").replace(",", ""))
    assert abs(sum(rows) - total) <= len(rows) / 2  # each row is rounded to one


def test_the_token_plan_made_by_hand_is_the_planners() -> None:
    page = (ROOT / ".github/FIRST-PLAN.md").read_text(encoding="utf-8").split("\n## ")[1]
    plan = make_plan(read_inputs(ROOT / "inputs/first-tokens.xlsx"))
    tables = plan.tables
    costs = tables["costs"]
    for key, by_hand in (("amount", 4_131_085), ("present_cost", 4_071_302)):
        assert round(sum(float(str(row[key])) for row in costs)) == by_hand
        assert f"**{by_hand:,}**" in page
    spent = [float(str(row["present_cost"])) for row in tables["spend"]]
    assert all(f"{money:,.0f} |" in page for money in spent)
    (installed,), (opened,) = tables["installs"], tables["openings"]
    assert (installed["installed"], installed["date"]) == (15, date(2026, 3, 17))
    assert (opened["count"], opened["date"]) == (1, date(2026, 2, 15))
    (loaded,) = tables["replicas"]
    assert (loaded["replicas"], loaded["span_from"]) == (15, date(2026, 4, 1))
    (bought,) = tables["token_purchases"]
    assert (bought["workload"], bought["bought_mtok_h"]) == ("reports", pytest.approx(297))
    bounds = [float(str(row["bound"])) for row in tables["tiers"] if row["tier"] == "present_cost"]
    assert bounds == [pytest.approx(4_071_302, rel=1e-7)]


@pytest.mark.parametrize(
    ("name", "must_be_true"),
    [
        ("openai-750mw", "WHAT MUST BE TRUE FOR THE PUBLISHED DATES"),
        ("openai-750mw-tokens", "WHAT MUST BE TRUE FOR THESE TOKENS"),
    ],
)
def test_the_page_of_workbooks_counts_what_is_assumed(name: str, must_be_true: str) -> None:
    page = (ROOT / ".github/WORKBOOKS.md").read_text(encoding="utf-8")
    tables = read_inputs(ROOT / f"inputs/{name}.xlsx").tables
    sources = [str(row["source"]) for rows in tables.values() for row in rows]
    assumed = sum("assumption" in source for source in sources)
    must = sum(must_be_true in source for source in sources)
    assert f"Of the {len(sources)} rows of `{name}`, {assumed} rest" in page
    assert f"{must} say `{must_be_true}`" in page


WRITES = re.compile(r'^    write\("([\w-]+)", sheets\(\)\)$', re.MULTILINE)

SCRIPTS = {
    name: path.stem
    for path in sorted((ROOT / "inputs/build").glob("*.py"))
    for name in WRITES.findall(path.read_text("utf-8"))
}
"""The script that builds each shipped workbook."""


def test_every_shipped_workbook_has_a_script() -> None:
    assert SCRIPTS.keys() == {path.stem for path in (ROOT / "inputs").glob("*.xlsx")}


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_shipped_workbooks_are_those_of_their_scripts(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "inputs/build"))
    sheets = importlib.import_module(SCRIPTS[name]).sheets()
    shipped = read_inputs(ROOT / f"inputs/{name}.xlsx")
    assert inputs_from_rows(name, sheets).digest == shipped.digest


def test_the_dictionary_has_every_sheet_and_the_readme_too() -> None:
    dictionary = (ROOT / "inputs/README.md").read_text(encoding="utf-8")
    for table in TABLES:
        assert f"\n## {table.name}\n" in dictionary
        assert re.search(rf"^\|.*`{table.name}`", README, re.MULTILINE), table.name


def test_the_changelog_has_the_version() -> None:
    assert PROJECT["version"] == __version__
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    prose = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    }


def test_every_link_and_picture_of_the_pages_is_there() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if target.startswith("https://"):
                continue
            name, _, anchor = target.partition("#")
            other = page.parent / name if name else page
            assert other.exists(), f"{page.name}: {target}"
            assert not anchor or anchor in anchors(other), f"{page.name}: {target}"


def test_the_python_interface_is_in_step_with_the_docstrings() -> None:
    assert (ROOT / ".github/API.md").read_text(encoding="utf-8") == api_page.page(), (
        ".github/API.md is out of date; write it anew: "
        "python tests/helpers/api_page.py > .github/API.md"
    )


def python_examples() -> list[str]:
    """Return the Python examples of the pages."""
    page = (ROOT / ".github/API.md").read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```$", page + README, re.MULTILINE | re.DOTALL)


def test_the_examples_in_python_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.chdir(ROOT)
    assert len(python_examples()) == 2
    for example in python_examples():
        mine = example.replace("openai-750mw", "first-plan")
        exec(mine.replace('"outputs/', f'"{tmp_path}/'), {})
    assert "<Plan first-plan: " in capsys.readouterr().out
    assert (tmp_path / "first-plan" / "plan.json").is_file()


def test_the_examples_in_python_are_typed(tmp_path: Path) -> None:
    for number, example in enumerate(python_examples()):
        (tmp_path / f"example_{number}.py").write_text(example, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", str(tmp_path)]
    cache = f"--cache-dir={tmp_path / 'cache'}"
    env = {**os.environ, "MYPYPATH": str(ROOT)}
    ended = subprocess.run(
        [*command, cache, "--follow-imports=silent", "--ignore-missing-imports"],
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_glossary_gives_each_word_one_meaning() -> None:
    page = (ROOT / ".github/GLOSSARY.md").read_text(encoding="utf-8")
    words = [word for word in re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE) if word != "word"]
    assert len(set(words)) == len(words) > 50


def test_no_text_names_a_place_of_one_machine() -> None:
    for path in TEXTS:
        found = LOCAL.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path.relative_to(ROOT)}: {found and found[0]}"


def test_constraints_are_plain_pins_of_every_dependency() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9.]*", line)] == []
    extras = PROJECT["optional-dependencies"].values()
    wanted = [*PROJECT["dependencies"], *(one for extra in extras for one in extra)]
    names = {re.split(r"[<>=!~ ]", one)[0].lower().replace("_", "-") for one in wanted}
    assert names <= {line.split("==")[0] for line in lines}
