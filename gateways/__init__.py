"""Outside companies: each kind of partner is a port, each provider one file behind it."""
