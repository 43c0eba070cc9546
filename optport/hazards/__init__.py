"""Hazards: what the mapping table says about the constructions that were read.

Rules know fates and conditions, never an optimizer: whatever is particular to one stands in its
rows of the table.
"""
