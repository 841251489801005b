"""The array types of the search."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""Unit vectors, shape (texts, dimension), or one of shape (dimension,)."""
