"""Requests and facts from outside, one file a stage: each one transaction, safe to repeat."""
