"""What happened: events of each aggregate, and evolve(state, fact) → state, pure."""
