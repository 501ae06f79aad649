"""Silero tells speech from everything else, in any language, 31 times a second.

It never decides where an utterance begins or ends, and it never brings PyTorch or ONNX Runtime along.
"""
