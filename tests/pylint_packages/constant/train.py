"""A class that another module has under a name of its own."""

import constant_lib.optimizers
import constant_lib.optimizers as own
from constant_lib import optimizers
from constant_lib.optimizers import ALIAS, CHOSEN, FOUND, LR, MODULE, OPT_CLS


def build(model):
    yield OPT_CLS(model.parameters())  # OPT202:10 OPT301:10
    yield ALIAS(model.parameters(), lr=0.01)  # OPT301:10
    yield own.OPT_CLS(model.parameters(), lr=0.01)  # OPT301:10
    yield optimizers.OPT_CLS(model.parameters(), lr=0.01)  # OPT301:10
    yield constant_lib.optimizers.OPT_CLS(model.parameters(), lr=0.01)  # OPT301:10
    yield MODULE.ASGD(model.parameters(), lr=0.01)  # OPT301:10
    yield CHOSEN(model.parameters(), lr=0.01)  # OPT301:10?
    yield FOUND(model.parameters())  # OPT201:10?
    yield OPT_CLS(model.parameters(), lr=LR)  # OPT301:10
