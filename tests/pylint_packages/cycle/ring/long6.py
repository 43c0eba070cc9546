from .long5 import optim
