from .long2 import optim
