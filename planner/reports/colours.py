"""Colours of the page and its figures, light and dark, with at least WCAG AA contrast."""

from __future__ import annotations

from collections.abc import Callable, Mapping

SERIES_COUNT = 10
"""Colours of series; all further series share the colour `rest`."""

COLOURS = {
    "ground": ("#ffffff", "#11161d"),
    "panel": ("#f5f7fa", "#1a212b"),
    "ink": ("#16202c", "#e6ebf1"),
    "muted": ("#52606d", "#a3b0be"),
    "line": ("#d3dae2", "#364150"),
    "accent": ("#1f5ea8", "#7db2f0"),
    "bad": ("#b42318", "#ff8a7d"),
    "bad-ground": ("#fdeae8", "#43191a"),
    "good": ("#17693f", "#6fd19b"),
    "good-ground": ("#e4f4ea", "#12341f"),
    "warn": ("#8a5300", "#f0b95c"),
    "warn-ground": ("#fdf1dc", "#3a2a0c"),
    "on-strong": ("#ffffff", "#ffffff"),
    "strong-bad": ("#b42318", "#b3271b"),
    "strong-good": ("#17693f", "#17693f"),
    "s0": ("#2f6db5", "#6fa6ee"),
    "s1": ("#d9730d", "#f2a154"),
    "s2": ("#2e8b57", "#5fc28c"),
    "s3": ("#a23b9c", "#d583cf"),
    "s4": ("#a98200", "#d9b93f"),
    "s5": ("#1f93ab", "#5cc7dc"),
    "s6": ("#8a5a44", "#c99f8a"),
    "s7": ("#6a5acd", "#a99ef2"),
    "s8": ("#6b7d23", "#b3c25a"),
    "s9": ("#ca5479", "#ee8fa9"),
    "rest": ("#9aa5b1", "#76838f"),
    "h0": ("#e3eefa", "#1c3046"),
    "h1": ("#b4d1f0", "#24507f"),
    "h2": ("#6ea3da", "#3a78bd"),
    "h3": ("#2f6db5", "#7db2f0"),
    "h4": ("#e08a1e", "#b9792a"),
    "h5": ("#8c3a04", "#ffb15c"),
    "off": ("#eceff3", "#222a35"),
}
"""Each colour by its name: on a light ground, and on a dark one."""

LIGHT = {name: light for name, (light, _) in COLOURS.items()}
DARK = {name: dark for name, (_, dark) in COLOURS.items()}

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
