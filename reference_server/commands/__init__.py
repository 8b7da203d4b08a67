"""What is asked: commands of each aggregate, and decide(state, command) → events, pure."""
