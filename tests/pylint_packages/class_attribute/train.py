"""Classes of another module hold the class: a subclass or an instance may hold another."""

from settings import Settings, Special, Trainer, settings


class Mine(Settings):
    def build(self, model):
        return self.optimizer(model.parameters(), lr=0.01)  # OPT301:15?


def build(model):
    yield Settings.optimizer(model.parameters(), lr=Settings.rate)  # OPT301:10?
    yield Special.optimizer(model.parameters(), lr=0.01)  # OPT301:10?
    yield Settings().optimizer(model.parameters(), lr=0.01)  # OPT301:10?
    yield settings.optimizer(model.parameters(), lr=0.01)  # OPT301:10?
    yield Trainer().factory(model.parameters(), lr=0.01)  # OPT301:10
