"""Read the signatures of optimizers and schedulers out of framework releases, and record them.

A release is only read and parsed, never imported. ``sources`` gives the files of a release,
``bindings`` and ``modules`` find what a name in them stands for, ``callables`` and ``defaults``
turn that into signatures, ``families`` and ``members`` say which ones are recorded, ``releases``
puts these together, and ``data_files`` and ``comparison`` keep and compare the record.
"""
