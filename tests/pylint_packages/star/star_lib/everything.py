import torch
from torch.optim import ASGD as averaging

from .kinds import *
