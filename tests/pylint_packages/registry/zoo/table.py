from torch.optim import ASGD, Adamax, SGD

BY_NAME = {"asgd": ASGD, "adamax": Adamax}
BY_NAME["sgd"] = SGD
NESTED = {"averaging": {"class": ASGD, "lr": 1}}
ALL = [ASGD, Adamax]
GROUPS = [{"params": [], "foreach": True}]
OPTIONS = {"lr": 1, "foreach": True}
