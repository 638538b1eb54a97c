"""The figures of a plan as SVG."""
