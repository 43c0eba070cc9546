from ._deep import Deep as Renamed
from ._deep import sgd
