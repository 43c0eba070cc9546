from torch.optim import ASGD

OPT_CLS = ASGD
