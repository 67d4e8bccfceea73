"""A parcel carrier on loopback: books idempotently, moves parcels, posts signed tracking, fails when told to."""
