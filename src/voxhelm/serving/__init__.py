"""The use cases: say a text, hear a recording, list what there is.

It knows neither HTTP nor processes; it never renders a wire format.
"""
