"""The generated lane: Schemathesis makes requests, the kit's own wire sends them."""
