"""Smart Turn hears, in the voice itself, whether a speaker who has paused is done.

It never reads words, never keeps sound, and never fetches its model: that is a file of yours, or one that another package brought along.
"""
