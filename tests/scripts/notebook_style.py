"""Cells pasted one behind the other, as notebooks are exported."""

# In[1]:
import torch as th
import torch.nn as nn
import torch.optim as O

# In[2]:
LR = 1
EPOCHS = 20

net = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 1))
Opt = O.SGD

# In[3]:
opt = Opt(net.parameters(), lr=LR)  # OPT104
for epoch in range(EPOCHS):
    opt.zero_grad()
    net(th.rand(5, 3)).mean().backward()
    opt.step()
