from .long0 import optim
