"""The stored evidence of a run: every exchange and every judgement, and what follows from them."""
