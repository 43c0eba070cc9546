from .everything import *
