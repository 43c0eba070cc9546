"""What only looks like torch's stays unmentioned."""

import json.optim
import not_torch_lib
from not_torch_lib import ASGD, Adam, missing
from not_torch_lib.absent import Adamax as Absent
from not_torch_lib.optim import REGISTRY, Adamax, Wrapped, make


def build(model):
    yield ASGD(model.parameters())
    yield Adam(model.parameters(), amsgrad=True)
    yield Adamax(model.parameters())
    yield Wrapped(model.parameters())
    yield make()(model.parameters())
    yield REGISTRY["asgd"](model.parameters())
    yield not_torch_lib.optim.ASGD(model.parameters())
    yield not_torch_lib.Nothing.ASGD(model.parameters())
    yield missing(model.parameters())
    yield Absent(model.parameters())
    yield json.optim.ASGD(model.parameters())
