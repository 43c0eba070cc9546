"""What is done with optimizers and schedulers: written as the target has it, or marked."""
import torch


class Trainer:
    def __init__(self, net, epochs: int) -> None:
        self.optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
        self.epochs = epochs

    def slow_down(self) -> None:
        for group in self.optimizer.param_groups:  # there is one
            group["lr"] *= 0.1

    def restart(self, lr) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = lr * 0.5
        self.optimizer.param_groups[0]["momentum"] = 0.95

    @property
    def rate(self) -> float:
        return self.optimizer.param_groups[0]["lr"]

    def rates(self):
        return [group["lr"] for group in self.optimizer.param_groups]

    def train(self, batches, loss_of) -> None:
        for batch in batches:
            self.optimizer.zero_grad()
            loss = loss_of(batch)
            loss.backward()
            self.optimizer.step()
            print(f"loss {loss:.3f}, rate {self.optimizer.param_groups[0]['lr']:.1e}")


def scheduled(net, batches, loss_of):
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10)
    for batch in batches:
        optimizer.zero_grad(set_to_none=True)
        loss_of(batch).backward()
        optimizer.step()
        scheduler.step()
        print(scheduler.get_last_lr()[0], "rate: %s" % scheduler.get_last_lr())
    for group in optimizer.param_groups:
        group["lr"] = 1e-5
    return {"optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()}


def in_groups(net, head):
    optimizer = torch.optim.AdamW([{"params": net.parameters()}, {"params": head.parameters(), "lr": 0.1}])
    for group in optimizer.param_groups:
        group["lr"] = 0.01
    optimizer.add_param_group({"params": head.parameters()})
    if net: optimizer.zero_grad()
    return optimizer


def resumed(net, state, closure, lr: float):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    optimizer.load_state_dict(state)
    for group in optimizer.param_groups:
        group["lr"] = group["lr"] * 0.9
    optimizer.param_groups[0]["lr"] = 1
    optimizer.step(closure)


def stays_torchs(net):
    optimizer = torch.optim.Adafactor(net.parameters(), lr=0.01)
    optimizer.param_groups[0]["lr"] = 0.1
    return optimizer


def annotated(optimizer: torch.optim.Optimizer) -> float:
    optimizer.zero_grad()
    return optimizer.param_groups[0]["lr"]


def looked_at(net):
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    first = optimizer.param_groups[0]["params"][0]
    later = optimizer.param_groups[1]["params"]
    optimizer.param_groups[0]["params"][0] = first
    optimizer.param_groups[0]["lr"] = optimizer.param_groups[0]["lr"] * 2
    optimizer.param_groups[0]["lr"] = 0.1 * optimizer.param_groups[0]["lr"]
    return first, later, optimizer.param_groups[0]["lr"]


def reset(net, head):
    first, second = torch.optim.SGD(net.parameters(), lr=0.1), torch.optim.SGD(head.parameters(), lr=0.1)

    def reset_all():
        first.zero_grad()
        second.zero_grad()

    return reset_all
