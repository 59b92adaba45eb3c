import gc
import mmap

import numpy as np
import pytest

from engines.attention.exact.pages import FROM, PAGE, in_pages


@pytest.mark.parametrize("count", [1, FROM // 8 - 1, FROM // 8, PAGE // 4 + 3])
def test_an_array_is_all_there_and_its_own(count):
    first, other = in_pages((count, 2), np.dtype(np.float32)), in_pages((count, 2), np.dtype(np.float32))
    first[:] = 1
    other[:] = 2
    gc.collect()
    assert first.shape == (count, 2)
    assert (first == 1).all()
    assert first.flags.c_contiguous
    if first.nbytes >= FROM and hasattr(mmap, "MADV_HUGEPAGE"):
        assert first.ctypes.data % PAGE == 0
