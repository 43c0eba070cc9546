try:
    from .two import Optim
except ImportError:
    from torch.optim import ASGD as Optim

from .two import Lost
