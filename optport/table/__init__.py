"""The mapping table: what every torch optimizer and argument becomes on every target.

The data are the TOML files beside this package's code: `targets.toml` and one file of rows for
each name below `torch.optim`. Defaults, order and kinds of parameters are not in them: those come
from the recorded signatures.
"""

from optport.table.load import api_names, api_table, roles, targets
from optport.table.toml import TableError

__all__ = ["TableError", "api_names", "api_table", "roles", "targets"]
