"""The story of an order as the engine runs it: deterministic, told in business words."""
