"""Build `inputs/first-tokens.xlsx`: two workloads of one model, small enough to plan by hand.

A Node-25 draws 25 kW and brings 15 kW of supporting machines, 0.04 MW of IT power. It prefills
50,000 tokens a second, 180 Mtok an hour, or decodes 5,000, 18 Mtok an hour. Every request has ten
tokens in for one out, so an hour of one node makes 9 Mtok out from 90 in: half an hour for each.

Chat asks for 18,000 Mtok in and 1,800 out a day from 1 April on, 75 an hour out in the mean, 112.5
by day (twelve hours) and 37.5 by night. A fifth is kept free: 135 by day are 15 nodes, 45 by night
are 5. It cannot be bought, so 15 nodes there are. Reports, at any hour, ask for 11,070 in and 1,107
out a day. The ten nodes that are free at night make 10 x 12 x 9 = 1,080 out. The other 27, with 270
in, are bought for 270 x 1.5 + 27 x 6 = 567 a day, 51,597 for 91 days: a sixteenth node would cost
200,000 and its energy.

Nodes serve on 1 April if they are in service by 31 March: installed on 17 March, 14 days before,
in a hall that is decided on 15 February, 30 days before that.

    day     decision                                       money
    15 Feb  open the hall                              1,000,000
    17 Mar  install 15 nodes                           3,000,000
    31 Mar-30 Jun  0.6 MW IT x 1.2 x 50 x 2,208 h         79,488
    1 Apr-30 Jun   567 a day for tokens                   51,597
    sum                                                4,131,085
"""

from __future__ import annotations

from datetime import date

from common import Sheets, assumed, settings_rows, write

SMALL = assumed("a round figure, so that the plan can be made by hand")
BEGIN = date(2026, 4, 1)


def sheets() -> Sheets:
    """Return the sheets: four of every plan, three of tokens, the day and the prices."""
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
                "system": "Node-25",
                "power_kw": 25,
                "overhead_kw": 15,
                "price": 200_000,
                "commission_days": 14,
                "source": SMALL,
            },
        ],
        "sites": [{"site": "North", "pue": 1.2, "energy_price": 50, "source": SMALL}],
        "halls": [
            {
                "hall": "North hall",
                "site": "North",
                "it_mw": 1,
                "build_days": 30,
                "fit_out_cost": 1_000_000,
                "source": SMALL,
            },
        ],
        "workloads": [
            {"workload": "chat", "model": "small model", "headroom": 0.2, "source": SMALL},
            {"workload": "reports", "model": "small model", "class": "batch", "source": SMALL},
        ],
        "token_demand": [
            {
                "workload": name,
                "from": BEGIN,
                "input_mtok_day": 10 * out,
                "output_mtok_day": out,
                "source": SMALL,
            }
            for name, out in (("chat", 1_800), ("reports", 1_107))
        ],
        "throughput": [
            {
                "model": "small model",
                "system": "Node-25",
                "prefill_tok_s": 50_000,
                "decode_tok_s": 5_000,
                "source": SMALL,
            },
        ],
        "day": [
            {"block": name, "hours": 12, "load": load, "source": SMALL}
            for name, load in (("day", 1.5), ("night", 0.5))
        ],
        "token_prices": [
            {"workload": "reports", "buy_input": 1.5, "buy_output": 6, "source": SMALL},
        ],
    }


if __name__ == "__main__":
    write("first-tokens", sheets())
