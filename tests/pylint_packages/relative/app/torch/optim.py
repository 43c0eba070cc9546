class ASGD:
    pass
