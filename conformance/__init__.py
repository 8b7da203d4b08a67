"""Judge any HTTP server that claims to keep the contract."""
