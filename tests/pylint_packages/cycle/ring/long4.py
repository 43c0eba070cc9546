from .long3 import optim
