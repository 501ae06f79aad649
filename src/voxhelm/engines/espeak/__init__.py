"""Speaks through eSpeak NG, which comes in the `espeakng-loader` wheel: over a hundred languages, streamed as they are made.

It never loads the library before a model is loaded: the library is under the GPL and lives in a host process. It never reads
phoneme codes or markup: a text is spoken as it stands.
"""
