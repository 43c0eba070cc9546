from .one import Lost, Optim
