"""The parts that torch's parameters play, by which rules go instead of by names."""

from __future__ import annotations

from typing import Final

from optport.signatures import ApiKind
from optport.table import roles
from optport.table.model import Role

_OPTIMIZER = roles(ApiKind.OPTIMIZER)

PARAMS: Final = _OPTIMIZER[Role.PARAMS]
"""What an optimizer trains: its parameter, and the key of a group."""
RATE: Final = _OPTIMIZER[Role.RATE]
"""An optimizer's learning rate."""
