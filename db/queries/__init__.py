"""Reads and writes of each stage, one file a stage; rows never leave this layer."""
