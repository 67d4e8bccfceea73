"""Stored orders by the million: a few lives that the product itself has lived, copied under numbers of their own."""
