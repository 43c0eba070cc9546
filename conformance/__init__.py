"""Runs optimizer constructions in the real frameworks and reports how far a port leaves torch.

The package is a driver (standard library only) and one worker per framework. Each worker runs in
a virtual environment of its own, because the frameworks cannot share a process or a numpy.

Start with :func:`conformance.runner.measure`, or on the command line with
``python -m conformance``. What is run, and how to read it: ``docs/conformance.md``.
"""
