from .long4 import optim
