"""Build `inputs/first-plan.xlsx`: six sheets, small enough to plan by hand.

A Rack-25 draws 25 kW and brings 15 kW of supporting machines: 40 kW of IT power, so 25 of them
make a megawatt of the commitment, whose basis is `it`. Due are 2 MW by 31 March and 5 MW by
30 June 2026: 50 systems, then 125. A system is in service 14 days after its installation, so 50
are installed by 17 March, 75 by 16 June.

Halls: North hall A (2 of 1 MW), North hall B (1 of 2 MW, not ready before April) and South hall
(2 of 1 MW). A hall opens 30 days after its decision: decided on 15 February, open on 17 March;
decided on 17 May, open on 16 June. Five megawatts need both North classes (4 MW) and one South
hall; any other choice of halls for 5 MW costs more:

    2 A + B + 1 South    2.0 + 1.5 + 1.2 + sites 0.3 + 0.5 = 5.5 million (the optimum)
    1 A + B + 2 South    1.0 + 1.5 + 2.4 + sites 0.3 + 0.5 = 5.7 million

March needs 2 MW and hall B is not ready, so it is 2 A (2.3 million with the site), or 1 A and
1 South (3.0 million). The first is cheaper then and, a MWh of North costing less, ever after:
North 1.2 x 50 = 60 and South 1.25 x 64 = 80 a MWh of IT power.

The optimum, unique because later money counts less and energy is only paid in service:

    day     decision                                 money
    15 Feb  open North (0.3 m), 2 halls A            2,300,000
    17 Mar  install 50 in North hall A              20,000,000
    17 May  open South (0.5 m), 1 hall B, 1 South    3,200,000
    16 Jun  install 50 in North hall B, 25 in South 30,000,000
    31 Mar-30 Jun  2 MW IT x 1.2 x 50 x 2,208 h        264,960
    30 Jun  2 x 1.2 x 50 x 24 h = 2,880, 1 x 1.25 x 64 x 24 h = 1,920
                                                         4,800
    sum                                             55,769,760

At 8 % a year, money times 1.08 ** (-days from 1 January / 365): days 45, 75, 136 and 166 with
factors 0.990557, 0.984310, 0.971731 and 0.965604. The energy of March (2,880), April (86,400), May
(89,280) and June (91,200) counts on the first of each, days 59, 90, 120 and 151, with factors
0.987637, 0.981202, 0.975015 and 0.968663. The present cost is 54,305,162.
"""

from __future__ import annotations

from datetime import date

from common import Sheets, assumed, settings_rows, write

SMALL = assumed("a round figure, so that the plan can be made by hand")


def sheets() -> Sheets:
    """Return the six sheets."""
    return {
        "settings": settings_rows(
            start=date(2026, 1, 1),
            end=date(2026, 6, 30),
            period="month",
            currency="USD",
            discount_rate=0.08,
        ),
        "systems": [
            {
                "system": "Rack-25",
                "power_kw": 25,
                "overhead_kw": 15,
                "price": 400_000,
                "commission_days": 14,
                "source": SMALL,
            },
        ],
        "sites": [
            {
                "site": "North",
                "pue": 1.2,
                "opening_cost": 300_000,
                "energy_price": 50,
                "source": SMALL,
            },
            {
                "site": "South",
                "pue": 1.25,
                "opening_cost": 500_000,
                "energy_price": 64,
                "source": SMALL,
            },
        ],
        "halls": [
            {
                "hall": "North hall A",
                "site": "North",
                "count": 2,
                "it_mw": 1,
                "build_days": 30,
                "fit_out_cost": 1_000_000,
                "source": SMALL,
            },
            {
                "hall": "North hall B",
                "site": "North",
                "count": 1,
                "it_mw": 2,
                "ready": date(2026, 4, 1),
                "build_days": 30,
                "fit_out_cost": 1_500_000,
                "source": SMALL,
            },
            {
                "hall": "South hall",
                "site": "South",
                "count": 2,
                "it_mw": 1,
                "build_days": 30,
                "fit_out_cost": 1_200_000,
                "source": SMALL,
            },
        ],
        "commitments": [
            {
                "commitment": "First customer",
                "customer": "First customer",
                "basis": "it",
                "source": SMALL,
            },
        ],
        "milestones": [
            {"commitment": "First customer", "date": date(2026, 3, 31), "mw": 2, "source": SMALL},
            {"commitment": "First customer", "date": date(2026, 6, 30), "mw": 5, "source": SMALL},
        ],
    }


if __name__ == "__main__":
    write("first-plan", sheets())
