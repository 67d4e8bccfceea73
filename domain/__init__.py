"""The rules and values of the order's life: no I/O, no clock, no randomness."""
