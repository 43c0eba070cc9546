from .long8 import optim
