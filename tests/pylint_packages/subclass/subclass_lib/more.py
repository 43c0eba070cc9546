from torch.optim import Adamax


class Distant(Adamax):
    pass
