"""Different values, as numpy says them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.kernel.arrays import distinct


@pytest.mark.parametrize("kind", [np.int64, np.uint32, np.int16])
@given(data=st.data())
def test_they_are_those_that_numpy_finds(kind: type[np.integer], data: st.DataObject) -> None:
    bounds = np.iinfo(kind)
    values = np.array(data.draw(st.lists(st.integers(int(bounds.min), int(bounds.max)))), kind)
    found = distinct(values)
    assert found.dtype == values.dtype
    assert found.tolist() == np.unique(values).tolist()
