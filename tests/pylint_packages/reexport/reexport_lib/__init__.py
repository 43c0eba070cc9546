from torch.optim import Adamax

from .impl import Renamed as Again
from .impl import sgd
