"""The pylint plugin of optport: ``pylint --load-plugins=pylint_optport``."""

from pylint_optport.checker import load_configuration, register

__all__ = ["load_configuration", "register"]
