"""Measurements, side by side in one run. `make bench` prints them; docs/benchmarks.md keeps the last."""
