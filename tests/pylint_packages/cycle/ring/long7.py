from .long6 import optim
