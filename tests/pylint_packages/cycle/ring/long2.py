from .long1 import optim
