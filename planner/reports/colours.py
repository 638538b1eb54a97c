"""Colours of the page and its figures, light and dark, with at least WCAG AA contrast."""

from __future__ import annotations

from collections.abc import Callable, Mapping

SERIES_COUNT = 10
"""Colours of series; all further series share the colour `rest`."""

LIGHT = {
    "ground": "#ffffff",
    "panel": "#f5f7fa",
    "ink": "#16202c",
    "muted": "#52606d",
    "line": "#d3dae2",
    "accent": "#1f5ea8",
    "bad": "#b42318",
    "bad-ground": "#fdeae8",
    "good": "#17693f",
    "good-ground": "#e4f4ea",
    "warn": "#8a5300",
    "warn-ground": "#fdf1dc",
    "on-strong": "#ffffff",
    "strong-bad": "#b42318",
    "strong-good": "#17693f",
    "s0": "#2f6db5",
    "s1": "#d9730d",
    "s2": "#2e8b57",
    "s3": "#a23b9c",
    "s4": "#a98200",
    "s5": "#1f93ab",
    "s6": "#8a5a44",
    "s7": "#6a5acd",
    "s8": "#6b7d23",
    "s9": "#ca5479",
    "rest": "#9aa5b1",
    "h0": "#e3eefa",
    "h1": "#b4d1f0",
    "h2": "#6ea3da",
    "h3": "#2f6db5",
    "h4": "#e08a1e",
    "h5": "#8c3a04",
    "off": "#eceff3",
}
"""Colours on a light ground."""

DARK = {
    "ground": "#11161d",
    "panel": "#1a212b",
    "ink": "#e6ebf1",
    "muted": "#a3b0be",
    "line": "#364150",
    "accent": "#7db2f0",
    "bad": "#ff8a7d",
    "bad-ground": "#43191a",
    "good": "#6fd19b",
    "good-ground": "#12341f",
    "warn": "#f0b95c",
    "warn-ground": "#3a2a0c",
    "on-strong": "#ffffff",
    "strong-bad": "#b3271b",
    "strong-good": "#17693f",
    "s0": "#6fa6ee",
    "s1": "#f2a154",
    "s2": "#5fc28c",
    "s3": "#d583cf",
    "s4": "#d9b93f",
    "s5": "#5cc7dc",
    "s6": "#c99f8a",
    "s7": "#a99ef2",
    "s8": "#b3c25a",
    "s9": "#ee8fa9",
    "rest": "#76838f",
    "h0": "#1c3046",
    "h1": "#24507f",
    "h2": "#3a78bd",
    "h3": "#7db2f0",
    "h4": "#b9792a",
    "h5": "#ffb15c",
    "off": "#222a35",
}
"""Colours on a dark ground."""

FONT = '"Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif'
"""Common fonts of about equal width."""


def variables(colours: Mapping[str, str]) -> str:
    """Return colours as CSS variables."""
    return "".join(f"--{name}:{value};" for name, value in colours.items())


def figure_style(colour: Callable[[str], str]) -> str:
    """Return the style sheet of the figures.

    Parameters
    ----------
    colour
        Returns a colour by name: a CSS variable in the page, a value in a separate file.
    """
    rules = [
        f"text{{font-family:{FONT};font-size:12px;fill:{colour('ink')}}}",
        f".m{{fill:{colour('muted')}}}",
        ".b{font-weight:bold}.s{font-size:11px}.k{font-size:13px}",
        f".halo{{stroke:{colour('ground')};stroke-width:3px;stroke-linejoin:round;"
        "paint-order:stroke}",
        f".grid{{stroke:{colour('line')};stroke-width:1px;fill:none}}",
        f".axis{{stroke:{colour('muted')};stroke-width:1px;fill:none}}",
        f".due{{stroke:{colour('ink')};stroke-width:2px;fill:none}}",
        ".dash{stroke-dasharray:6 4}",
        f".due-fill{{fill:{colour('ink')}}}",
        f".bad{{fill:{colour('bad')}}}.bad-line{{stroke:{colour('bad')};stroke-width:1.5px}}",
        f".now{{stroke:{colour('accent')};stroke-width:1.5px;stroke-dasharray:4 3;fill:none}}",
        f".edge{{stroke:{colour('ground')};stroke-width:1px}}",
        f".route{{stroke:{colour('muted')};fill:none;stroke-opacity:0.5}}",
        f".box{{fill:{colour('panel')};stroke:{colour('muted')};stroke-width:1px}}",
        f".ground{{fill:{colour('ground')}}}.thin{{fill-opacity:0.3}}.half{{fill-opacity:0.75}}",
    ]
    for n in range(SERIES_COUNT):
        rules.append(f".f{n}{{fill:{colour(f's{n}')}}}")
        rules.append(f".l{n}{{stroke:{colour(f's{n}')};stroke-width:2px;fill:none}}")
    rules.append(f".rest{{fill:{colour('rest')}}}")
    rules += [f".h{n}{{fill:{colour(f'h{n}')}}}" for n in range(6)]
    rules.append(f".off{{fill:{colour('off')}}}")
    return "".join(rules)
