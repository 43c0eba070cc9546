from .one import Optim
from .two import Optim as Same
