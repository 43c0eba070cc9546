from .factory import averaging
