from .optim import ASGD, Adam
