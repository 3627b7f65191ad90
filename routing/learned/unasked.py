"""What models would have made of questions they were not asked. Pure.

Models that were asked different questions cannot be compared by their means: one that was spared
the hard ones looks the better. What is missing is taken to be what the questions and the model add
up to, each in comparison with all that was recorded.
"""

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]


def added_up(values: Table, counts: Table) -> Table:
    """Explain a table as a number for each row plus one for each column; fill all its cells so.

    Args:
        values: Rows x columns; where nothing was counted it does not matter what stands there.
        counts: What each value weighs, 0 where it is unknown.

    Returns:
        The sums, known cells included. A row or column of which nothing is known is an average one.
    """
    rows, columns = np.nonzero(counts)
    if not len(rows):
        return np.zeros(values.shape)
    known, weights = values[rows, columns], np.sqrt(counts[rows, columns])
    middle = np.average(known, weights=counts[rows, columns])
    places = np.arange(len(rows))
    shares = np.zeros((len(rows), sum(counts.shape)))
    shares[places, rows] = shares[places, len(counts) + columns] = weights
    parts = np.linalg.lstsq(shares, weights * (known - middle), rcond=None)[0]
    summed: Table = middle + parts[: len(counts), None] + parts[len(counts) :]
    return summed


def means_of_all(sums: Table, counts: Table, expected: Table) -> Table:
    """Return the means by column as if each had been counted as often as the fullest one.

    Args:
        sums: Of what is known: rows x columns.
        counts: How much of it there is.
        expected: What each of the rest is taken for.
    """
    wanted = counts.max(axis=1, keepdims=True)
    means: Table = (sums + (wanted - counts) * expected).sum(axis=0) / wanted.sum()
    return means
