"""The HTTP edge: routes, OpenAI wire formats, the error envelope.

Routes parse, call a use case of `serving` and render. They never touch a model, a host or the residency.
"""
