"""PDF -> pieces, and pictures of pages: pdfium in a child process with limits, and a layout of our own."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from index.loading.pdf.reading import page_picture, read_pdf

__all__ = ["page_picture", "read_pdf"]


def __getattr__(name: str) -> "Any":
    # The child process imports this package for each file, and has no use for what runs it.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from index.loading.pdf import reading

    return getattr(reading, name)
