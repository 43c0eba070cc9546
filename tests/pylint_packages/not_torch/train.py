"""What only looks like torch's stays unmentioned."""

import json.optim
import mylib
from mylib import ASGD, Adam, missing
from mylib.absent import Adamax as Absent
from mylib.optim import REGISTRY, Adamax, Wrapped, make


def build(model):
    yield ASGD(model.parameters())
    yield Adam(model.parameters(), amsgrad=True)
    yield Adamax(model.parameters())
    yield Wrapped(model.parameters())
    yield make()(model.parameters())
    yield REGISTRY["asgd"](model.parameters())
    yield mylib.optim.ASGD(model.parameters())
    yield mylib.Nothing.ASGD(model.parameters())
    yield missing(model.parameters())
    yield Absent(model.parameters())
    yield json.optim.ASGD(model.parameters())
