"""Ratios side by side in one run: what the whole system reaches beside the bare engine."""
