"""Build `inputs/openai-2gw.xlsx`: the option exercised, 2 GW for OpenAI by the end of 2030.

The case of `openai_750mw.py` with the option's 1,250 MW on top, half by the end of 2029 and the
rest by the end of 2030. By hand: 625 MW a year are 4,059 CS-4 racks, 340 a month, and 12,177 good
wafers, 1,070 starts a month at 95 %, within the 1,300 that the base case reaches. What has to
grow is the output of CS-4 (380 kits a month in 2029 and 2030) and power: five more campuses of
200 to 300 MW. At most about 656 MW of the option can be in service at the end of 2029, 5 % to
spare, for crews at the new campuses bind then.
"""

from __future__ import annotations

from datetime import date

import assumed_campuses
import cerebras_catalogue as catalogue
import published_sites
from common import Row, Sheets, assumed, write
from openai_750mw import CS4_KITS, cerebras_sheets

MORE_CS4_KITS = ((date(2028, 7, 1), 300.0), (date(2029, 1, 1), 380.0))
MORE_WAFERS = ((date(2028, 7, 1), 1_400.0),)


def sheets() -> Sheets:
    """Return all sheets."""
    sites = [
        *published_sites.existing_sites(),
        *published_sites.announced_sites(),
        *assumed_campuses.first_campuses(),
        *assumed_campuses.option_campuses(),
    ]
    return cerebras_sheets(
        sites,
        (*CS4_KITS, *MORE_CS4_KITS),
        MORE_WAFERS,
        [*catalogue.plants(), _third_line()],
        end=date(2030, 12, 31),
        option=[(date(2029, 12, 31), 625.0), (date(2030, 12, 31), 1250.0)],
        extra=[],
        gap=0.002,
    )


def _third_line() -> Row:
    """Return a second CS-4 line, at the first plant."""
    return {
        "plant": catalogue.CALIFORNIA,
        "system": "CS-4",
        "units_per_month": 200,
        "lead_days": 30,
        "cost": 40_000,
        "from": date(2028, 9, 1),
        "source": assumed("a second line for the volume of the option"),
    }


if __name__ == "__main__":
    write("openai-2gw", sheets())
