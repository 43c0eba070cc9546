from torch.optim import (
