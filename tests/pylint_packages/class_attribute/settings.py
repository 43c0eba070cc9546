import torch.optim


class Settings:
    optimizer = torch.optim.ASGD
    rate = 1


class Special(Settings):
    pass


class Trainer:
    def __init__(self):
        self.factory = torch.optim.ASGD


settings = Settings()
