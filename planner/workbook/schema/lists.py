"""Lists in one cell: words separated by commas; words with a comma are in double quotes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from planner.workbook.schema.cell_contents import BadValueError, tidy_text

SEPARATORS = ",;\n"
PART = re.compile(
    rf"""\s*+(?:"(?P<quoted>(?:[^"]|"")*+)"|(?P<plain>(?!")[^{SEPARATORS}]*+))\s*?(?:[{SEPARATORS}]|$)"""
)
NEEDS_QUOTES = re.compile(rf'^"|[{SEPARATORS}]')


def words_of_list(name: str, text: str) -> tuple[str, ...]:
    """Return the words of a list. Keys of changes have the same notation.

    Parameters
    ----------
    name
        Name of the column, for messages.
    text
        The cell, tidy: ``CS-3, "CS-3, rev B"``; two quotes within quotes are one.

    Raises
    ------
    BadValueError
        If a double quote is not closed at the end of its word.
    """
    words, at = [], 0
    while at < len(text):
        part = PART.match(text, at)
        if part is None:
            raise BadValueError(
                f"a double quote in the list {name} is not closed, or is closed in the middle of a "
                "word",
                'Put a name that contains a comma in double quotes, e.g. CS-4, "CS-3, rev B"; '
                'write "" for a double quote in a name',
            )
        quoted = part["quoted"]
        words.append(part["plain"] if quoted is None else quoted.replace('""', '"'))
        at = part.end()
    return tuple(word for word in map(tidy_text, words) if word)


def list_text(words: Iterable[str]) -> str:
    """Return the text of a cell for a list; the inverse of `words_of_list`."""
    return ", ".join(
        '"' + word.replace('"', '""') + '"' if NEEDS_QUOTES.search(word) else word for word in words
    )


def unquoted(word: str, words: Collection[str], names: Iterable[str]) -> str | None:
    """Return the name with a comma that was written without quotes; None if there is none."""
    for name in names:
        parts = [tidy_text(part) for part in re.split(f"[{SEPARATORS}]", name)]
        if word in parts and len(parts) > 1 and set(parts) <= set(words):
            return name
    return None
