"""`python -I -m conformance.ci`: a run as the step of a CI job, told to the CI server."""
