"""Figures for managers, one file a report."""
