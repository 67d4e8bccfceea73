"""Carriers: the port, one file per provider, a registry line each, and a simulator."""
