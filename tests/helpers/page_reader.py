"""A page as elements, tables and texts."""

from __future__ import annotations

from html.parser import HTMLParser

from page_plans import edge

from planner.reports.page.plan_page import page

VOID = {"meta", "wbr", "br"}


class Reader(HTMLParser):
    """Reads a page: elements with their attributes, tables, texts by section, and balance."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.tables, self.texts, self.open = [], [], {}, []
        self.raw = {"script": "", "style": ""}
        self.section = self.cell = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "section":
            self.section = dict(attrs)["id"]
        if tag == "table":
            self.tables.append({"section": self.section, "caption": "", "rows": []})
        if tag == "tr":
            self.tables[-1]["rows"].append([])
        if tag in ("td", "th"):
            self.tables[-1]["rows"][-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag == "section":
            self.section = None

    def handle_data(self, data):
        if self.open and self.open[-1] in self.raw:
            self.raw[self.open[-1]] += data
        if {"td", "th"} & set(self.open):
            self.tables[-1]["rows"][-1][-1] += data
        elif "caption" in self.open:
            self.tables[-1]["caption"] += data
        self.texts[self.section] = self.texts.get(self.section, "") + data

    def rows(self, caption):
        """Return a table's rows below its header, by the beginning of its caption."""
        found = [table for table in self.tables if table["caption"].startswith(caption)]
        assert len(found) == 1, [table["caption"] for table in self.tables]
        return found[0]["rows"][1:]


def read(name):
    return Reader(page(edge(name)))


def value(text):
    return float(text.replace(",", ""))
