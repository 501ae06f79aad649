"""Machinery that could be a library of its own: clock, mailbox, threads.

It knows nothing of voices or models, and never imports another package of Voxhelm.
"""
