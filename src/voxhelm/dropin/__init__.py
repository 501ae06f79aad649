"""Dropin turns the configuration of other speech servers into ours: openedai-speech, Chatterbox-TTS-Server and Speaches.

It never changes what it reads, never guesses at what it does not know, and keeps no secret.
"""
