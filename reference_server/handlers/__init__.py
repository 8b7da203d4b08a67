"""What each operation does with a call, one class an area of the contract."""
