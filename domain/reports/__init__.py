"""Reports: what is asked of one, what its columns are, and the arithmetic of its figures."""
