"""The command line: one module per command, on a running server or in this process.

It never decides how speech is made or heard: it calls the use cases, here or over HTTP, and shows what comes.
"""
