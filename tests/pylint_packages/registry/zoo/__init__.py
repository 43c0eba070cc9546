from .table import BY_NAME
