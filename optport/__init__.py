"""optport: what would train differently when `torch.optim` code moves to another framework.

The package is the core: it reads Python source and reports findings. It knows neither flake8
nor pylint; `flake8_optport` and `pylint_optport` translate for those hosts.
"""

__version__ = "0.1.0"
