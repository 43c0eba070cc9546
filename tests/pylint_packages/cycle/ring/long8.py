from .long7 import optim
