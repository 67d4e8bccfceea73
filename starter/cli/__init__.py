"""The command `orderkeep`: every stage of the order's life from a terminal, through the HTTP API."""
