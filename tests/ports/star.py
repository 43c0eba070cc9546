from torch.optim import *

def build(net):
    return Adagrad(net.parameters(), lr=0.1, initial_accumulator_value=0.1)
