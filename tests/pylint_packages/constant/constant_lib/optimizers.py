import argparse
import importlib

import torch
from torch import optim

OPT_CLS = torch.optim.ASGD
ALIAS = OPT_CLS
MODULE = optim

if argparse.ArgumentParser().prog:
    CHOSEN = optim.ASGD
else:
    CHOSEN = optim.Adamax

try:
    FOUND = importlib.import_module("apex").optimizers.FusedAdam
except ImportError:
    FOUND = optim.Adamax

LR = 1
