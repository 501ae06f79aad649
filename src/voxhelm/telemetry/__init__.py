"""Names and units of every metric and log field, and how logs are written.

It never logs text, audio or secrets.
"""
