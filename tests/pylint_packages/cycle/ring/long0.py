from torch.optim import ASGD as optim
