"""The model: decisions, rules, objectives."""
