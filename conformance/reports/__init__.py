"""One report model and its views."""
