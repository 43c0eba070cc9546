"""What optport costs, measured beside other tools in one run: ``python -m benchmarks``."""
