from torch.optim import ASGD as Deep, SGD as sgd
