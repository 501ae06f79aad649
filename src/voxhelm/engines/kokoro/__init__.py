"""Kokoro-82M: voices, and mixes of them, by ONNX Runtime.

It never writes a file, and never shares its eSpeak NG with anyone else in the process.
"""
