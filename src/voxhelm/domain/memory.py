"""When a runtime says that it ran out of memory."""

from typing import Final

# CUDA, cuBLAS, ONNX Runtime's arena, and the standard library of C++.
PHRASES: Final = ("out of memory", "alloc_failed", "failed to allocate memory", "bad_alloc", "bad allocation")


def is_out_of_memory(message: str) -> bool:
    """Whether that is what a runtime's message means. Runtimes have no error of their own for it, and many words."""
    lower = message.lower()
    return any(phrase in lower for phrase in PHRASES)
