"""Microsoft's voices, as its browser reads pages with them, through the package `edge-tts`.

It never runs unless an operator lets texts leave the local network: every text goes to Microsoft.
"""
