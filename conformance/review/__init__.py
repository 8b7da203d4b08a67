"""What a change to a contract means for clients, servers, guarantees, requirements and tests."""
