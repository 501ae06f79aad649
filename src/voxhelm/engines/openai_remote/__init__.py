"""Any server with OpenAI's speech API, as an engine.

It never sends a text to a host outside the LAN whose file does not say so, and never shows or logs a key.
"""
