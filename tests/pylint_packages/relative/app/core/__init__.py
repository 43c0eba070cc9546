from torch.optim import Adamax

from . import nested
