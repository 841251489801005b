"""`LlamaModel`, where it was documented before; new programs take it from `assistant.writing.serving`."""

from assistant.writing.serving import LlamaModel

__all__ = ["LlamaModel"]
