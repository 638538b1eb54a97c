"""Every small change of a module that a test should notice."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

COMPARED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
COMPUTED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor"}
SENSES = {"<=": ">=", ">=": "<=", "==": "<="}
"""Senses of the model's rows."""


@dataclass(frozen=True)
class Place:
    """Where a change is made, and which.

    Attributes
    ----------
    lines : tuple of int
        Line of the statement, and of the part of it that is changed.
    change : str
        What takes the place of what.
    """

    lines: tuple[int, ...]
    change: str


def places(text: str) -> list[Place]:
    """Return every change of a module."""
    return [place for place, _ in _changes(ast.parse(text))]


def mutant(text: str, number: int) -> str:
    """Return the module with one of its changes made."""
    tree = ast.parse(text)
    for at, _ in enumerate(_changes(tree)):
        if at == number:
            return ast.unparse(tree)
    raise IndexError(f"there are fewer than {number + 1} changes")


def _changes(tree: ast.Module) -> Iterator[tuple[Place, None]]:
    """Make each change in turn, and take it back after it was looked at."""
    for statement, node in _nodes(tree, 0):
        lines = tuple(dict.fromkeys((statement, getattr(node, "lineno", statement))))
        for holder, field, value in _others(node):
            before, old = getattr(holder, field), ast.unparse(node)
            setattr(holder, field, value)
            change = f"{_short(old)} -> {_short(ast.unparse(node))}"
            if field == "body":
                lost = next(one for one, two in zip(before, value, strict=True) if one is not two)
                lines, change = (lost.lineno,), f"left out: {_short(ast.unparse(lost))}"
            yield Place(lines, change), None
            setattr(holder, field, before)


def _short(text: str) -> str:
    return " ".join(text.split())[:90]


def _nodes(parent: ast.AST, statement: int) -> Iterator[tuple[int, ast.AST]]:
    """Yield the nodes that run, each with the line of its statement: no docstrings, no types."""
    for field, value in ast.iter_fields(parent):
        if field in ("annotation", "returns", "decorator_list", "type_comment"):
            continue
        if isinstance(parent, ast.Module) and field != "body":
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _is_text(child):
                continue
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            line = child.lineno if isinstance(child, ast.stmt) else statement
            yield line, child
            yield from _nodes(child, line)


def _is_text(node: ast.AST) -> bool:
    """Whether it is a docstring, or what is said to people, which other tests read."""
    if isinstance(node, ast.JoinedStr | ast.Raise | ast.Assert | ast.Import | ast.ImportFrom):
        return True
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _others(node: ast.AST) -> Iterator[tuple[ast.AST, str, Any]]:
    """Yield node, field and value of every change of one node."""
    if isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            other = COMPARED[type(operator)]()
            yield node, "ops", [*node.ops[:at], other, *node.ops[at + 1 :]]
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in COMPUTED:
        yield node, "op", COMPUTED[type(node.op)]()
    elif isinstance(node, ast.BoolOp):
        yield node, "op", ast.And() if isinstance(node.op, ast.Or) else ast.Or()
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node, "op", ast.UAdd()
    elif isinstance(node, ast.Constant):
        yield from ((node, "value", value) for value in _other_values(node.value))
    elif isinstance(node, ast.Name) and node.id in CALLED:
        yield node, "id", CALLED[node.id]
    elif isinstance(node, ast.Attribute) and node.attr in CALLED:
        yield node, "attr", CALLED[node.attr]
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        yield node, "test", ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.comprehension) and node.ifs:
        yield node, "ifs", node.ifs[1:]
    yield from _left_out(node)


def _other_values(value: object) -> Iterator[object]:
    """Yield what may stand in place of a constant."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 1
    elif isinstance(value, str) and value in SENSES:
        yield SENSES[value]


def _left_out(node: ast.AST) -> Iterator[tuple[ast.AST, str, Any]]:
    """Yield bodies without one of their statements."""
    if not isinstance(node, ast.FunctionDef | ast.If | ast.For | ast.While):
        return
    for at, statement in enumerate(node.body):
        is_work = isinstance(statement, ast.Expr | ast.AugAssign | ast.Continue | ast.For)
        if is_work and not _is_text(statement):
            yield node, "body", [*node.body[:at], ast.Pass(), *node.body[at + 1 :]]
