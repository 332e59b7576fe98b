"""The core's decisions over recorded epochs, in plain integer functions that numba can compile: for `fast_replay` only.

Read it from `replay` down. `dose`, `sitting`, `shifts` and `prompting` are the core's files of these names again; the
tests hold them to those. Constants come from there, never from here. States are changed in place, all else is tuples.
"""
