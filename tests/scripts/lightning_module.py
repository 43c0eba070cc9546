"""A Lightning module."""

import lightning as L
import torch


class Classifier(L.LightningModule):
    optimizer_class = torch.optim.RAdam

    def __init__(self, learning_rate: float = 1e-3) -> None:
        super().__init__()
        self.learning_rate = learning_rate
        self.net = torch.nn.Linear(28 * 28, 10)

    def training_step(self, batch, index):
        x, y = batch
        return torch.nn.functional.cross_entropy(self.net(x), y)

    def configure_optimizers(self):
        optimizer = self.optimizer_class(self.parameters(), lr=self.learning_rate)  # OPT101?
        schedule = torch.optim.lr_scheduler.StepLR(optimizer, 10)
        return [optimizer], [schedule]
