"""Forecasts of demand as they are made: from the orders of two years, in a process of its own, once a week."""
