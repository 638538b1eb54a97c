"""Build `inputs/silicon.xlsx`: every system of the market in a row that plans, to copy from.

The plan asks which system serves each model at the lowest cost: gpt-oss-120b slowly, at 100 and at
400 tokens a second for one user, DeepSeek-R1, Llama-3.1-70B and Qwen3.5-397B. It compares only what
is in the rows: read what each `source` says before you rely on one. Models and systems of which no
rates are in print have no row in `throughput`, and most figures on price are ours.
"""

from __future__ import annotations

from datetime import date

from common import Row, Sheets, assumed, settings_rows, write
from silicon import Silicon, composite_rows, rates, silicon, system_row, throughput_row

ROUND = assumed("a round figure, the same for every system")
BEGIN = date(2027, 1, 1)

ASKED: tuple[tuple[str, str, float | None, float], ...] = (
    ("gpt-oss at any speed", "gpt-oss-120b", None, 20_000),
    ("gpt-oss at 100", "gpt-oss-120b", 100, 20_000),
    ("gpt-oss at 400", "gpt-oss-120b", 400, 20_000),
    ("DeepSeek", "DeepSeek-R1", None, 20_000),
    ("Llama", "Llama-3.1-70B", None, 2_000),
    ("Qwen", "Qwen3.5-397B", 20, 20_000),
)
"""Workload, model, least speed and Mtok out a day, of which each comes with eight in."""


def sheets() -> Sheets:
    """Return all sheets."""
    market = silicon()
    named, changes = _scenarios(market)
    return {
        "settings": settings_rows(
            start=date(2026, 7, 1),
            end=date(2027, 12, 31),
            period="quarter",
            currency="USD",
            discount_rate=0.08,
            gap=0.001,
        ),
        "systems": [system_row(system) for system in market.values()],
        "sites": [
            {"site": "Anywhere", "pue": 1.25, "energy_price": 60, "lease": 286_458, "source": ROUND}
        ],
        "halls": [{"hall": "Any hall", "site": "Anywhere", "it_mw": 100, "source": ROUND}],
        "workloads": [
            {
                "workload": name,
                "model": model,
                "min_speed": speed,
                "headroom": 0.2,
                "source": ROUND,
            }
            for name, model, speed, _ in ASKED
        ],
        "token_demand": [
            {
                "workload": name,
                "from": BEGIN,
                "input_mtok_day": 8 * out,
                "output_mtok_day": out,
                "source": ROUND,
            }
            for name, _, _, out in ASKED
        ],
        "throughput": [throughput_row(rate) for rate in rates()],
        "composites": composite_rows(),
        "disaggregation": [
            {
                "model": "gpt-oss-120b",
                "prefill": trainium,
                "decode": wafer,
                "source": "AWS and Cerebras, 13 March 2026: article '20,000 Chips', May 2026; "
                "assumption: Trainium2 as well",
            }
            for trainium in ("Trn2 UltraServer", "Trn3 UltraServer")
            for wafer in ("CS-3", "CS-4 rack")
        ],
        "scenarios": named,
        "changes": changes,
    }


def _scenarios(market: dict[str, Silicon]) -> tuple[list[Row], list[Row]]:
    """Return both ends of every range, of the rates, the prices and the power alone."""
    named: list[Row] = []
    changes: list[Row] = []

    def add(name: str, sheet: str, key: str, column: str, operation: str, value: float) -> None:
        changes.append(
            {
                "change": name,
                "sheet": sheet,
                "key": key,
                "column": column,
                "operation": operation,
                "value": value,
                "source": "the range in the row's source",
            }
        )

    for end, position in (("low", 0), ("high", 1)):
        for what in ("rates", "prices", "power"):
            name = f"{what} {end}"
            named.append(
                {"scenario": name, "change": name, "source": "ranges in the rows' sources"}
            )
        factors = {(rate.model, rate.system): (rate.low, rate.high) for rate in rates()}
        for (model, system), spread in factors.items():
            for column in ("prefill_tok_s", "decode_tok_s"):
                key = f"{model},{system},*,*"
                is_known = any(
                    getattr(rate, column.split("_")[0]) is not None
                    for rate in rates()
                    if (rate.model, rate.system) == (model, system)
                )
                if is_known:
                    add(f"rates {end}", "throughput", key, column, "scale", spread[position])
        for system, row in market.items():
            if row.price_range is not None:
                add(f"prices {end}", "systems", system, "price", "set", row.price_range[position])
            if row.power_range is not None:
                add(f"power {end}", "systems", system, "power_kw", "set", row.power_range[position])
    return named, changes


if __name__ == "__main__":
    write("silicon", sheets())
