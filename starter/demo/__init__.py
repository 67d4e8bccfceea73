"""The demonstration: example companies whose orders live their whole life over real HTTP, each told as a story."""
