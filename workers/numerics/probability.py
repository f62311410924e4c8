"""From probabilities to stored bytes, and everything that is a function of the bytes.

Bytes 0-250 stand for p = byte / 250; 255 is nodata. Class and margin come from the bytes, never
from the floats, so that each layer can be derived again from the stored one.
"""

import numpy as np
from numpy.typing import NDArray

PROBABILITY_TOP = 250
PROBABILITY_NODATA = 255
UNCLASSIFIABLE = 254
OUTSIDE = 255

Bytes = NDArray[np.uint8]


def to_bytes(shares: NDArray[np.float64]) -> Bytes:
    """Return floor(250·p + 0.5) as uint8, same shape."""
    return np.asarray(np.floor(PROBABILITY_TOP * shares + 0.5), dtype=np.uint8)


def class_of_bytes(probabilities: Bytes, codes: NDArray[np.uint8]) -> Bytes:
    """Return the class with the highest byte, ties to the lower code.

    Args:
        probabilities: (class, ...) bytes 0-250.
        codes: class codes in ascending order, one a plane.
    """
    return np.asarray(codes[np.argmax(probabilities, axis=0)], dtype=np.uint8)


def margin_of_bytes(probabilities: Bytes) -> Bytes:
    """Return floor(100·(first − second)/250 + 0.5), the lead of the best class, 0-100."""
    if probabilities.shape[0] < 2:
        return np.full(probabilities.shape[1:], 100, dtype=np.uint8)
    top = np.partition(probabilities, -2, axis=0)[-2:].astype(np.int32)
    lead = 100 * (top[1] - top[0])
    # Integer form of floor(lead / 250 + 1/2).
    return np.asarray((2 * lead + PROBABILITY_TOP) // (2 * PROBABILITY_TOP), dtype=np.uint8)
