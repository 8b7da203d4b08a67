"""The reference server: a small, true server of the contract in spec/."""
