"""Self-contained HTML page with headings, figures and tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from numbers import Real

STYLE = """
body{font:15px/1.45 Arial,sans-serif;color:#1b2430;max-width:820px;margin:2rem auto;padding:0 1rem}
h1{color:#1F3864;font-size:1.6rem;margin-bottom:.2rem}h2{color:#1F3864;margin-top:2rem}
p.note{color:#6B7280}table{border-collapse:collapse;font-size:13px;margin:.6rem 0;width:100%}
th,td{padding:.25rem .5rem;border-bottom:1px solid #D5DAE3;text-align:left;vertical-align:top}
td{overflow-wrap:anywhere}td.d{white-space:nowrap}td.n{white-space:nowrap}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}th{background:#EEF2F8}
.legend span{margin-right:1.1rem;font-size:13px;white-space:nowrap}
.legend i{display:inline-block;width:1.2em;height:.35em;margin-right:.4em;vertical-align:middle}
div.wide{overflow-x:auto}svg{width:100%;height:auto}@media print{h2{break-after:avoid}}
"""


UNPROVEN = "not proven"
"""Text in place of a gap without a bound, and of a change of such a gap."""


def page(title: str, note: str, sections: Sequence[tuple[str, str]]) -> str:
    """Return a page.

    Parameters
    ----------
    title, note
        Its heading and the line below it.
    sections
        Heading and content, already HTML, of each section; empty ones are left out.
    """
    body = "".join(
        f"<section><h2>{escape(heading)}</h2>{content}</section>"
        for heading, content in sections
        if content
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        f'<h1>{escape(title)}</h1><p class="note">{escape(note)}</p>{body}</body></html>\n'
    )


def table(headers: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """Return an HTML table; numeric columns are right-aligned.

    Parameters
    ----------
    headers
        Keys of the columns, which are their headers too.
    rows
        The rows.
    """
    if not rows:
        return ""
    right = {h: all(is_number(row.get(h)) for row in rows) for h in headers}
    head = "".join(f"<th{_side(right[h])}>{escape(h.replace('_', ' '))}</th>" for h in headers)
    lines = "".join(
        f"<tr>{''.join(_cell(row.get(header), right[header]) for header in headers)}</tr>"
        for row in rows
    )
    return f'<div class="wide"><table><tr>{head}</tr>{lines}</table></div>'


def is_number(value: object) -> bool:
    """Return whether a value is right-aligned."""
    return value == UNPROVEN or isinstance(value, Real | None)


def _cell(value: object, right: bool) -> str:
    return f"<td{_side(right, value)}>{escape(shown(value))}</td>"


def _side(right: bool, value: object = None) -> str:
    if right:
        return ' class="n"'
    return ' class="d"' if re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value)) else ""


def shown(value: object) -> str:
    """Format a value: thousands separators, significant digits only."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Real):
        number = float(value)
        return f"{number:,.0f}" if abs(number) >= 1000 or number.is_integer() else f"{number:,.4g}"
    return str(value)
