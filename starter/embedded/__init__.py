"""Temporal and PostgreSQL launched for local use, and our own processes under one supervisor."""
