"""Subclasses defined elsewhere train as torch's unless they override what trains."""

from subclass_lib.optimizers import Far, Named, OwnInit, OwnStep, Plain


class Here(Plain):
    pass


class Initialised(Plain):
    def __init__(self, params):
        super().__init__(params)  # OPT202:8 OPT301:8


def build(model):
    yield Plain(model.parameters())  # OPT202:10 OPT301:10
    yield Named(model.parameters(), lr=0.01)  # OPT301:10
    yield Here(model.parameters(), lr=0.01)  # OPT301:10
    yield Far(model.parameters())  # OPT201:10
    yield OwnStep(model.parameters())
    yield OwnInit(model.parameters())
