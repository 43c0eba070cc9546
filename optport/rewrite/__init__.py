"""Rewriting a file's optimizers, schedulers and what belongs to them into a target's.

The judgements and ports are those that every front end has; here they become edits of the file.
Nothing is recomputed: what a port can't say is left to torch, with a comment that names the code.
"""
