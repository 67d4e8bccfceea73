"""The HTTP way in: every request of an order's life under `/v1`, one short transaction each."""
