"""The language of the tests, spoken before a module with texts is imported.

`KINOSCOPE_LANGUAGE=stretched pytest` finds logic that reads English. A test that compares a text says it through `tr`.
"""

from __future__ import annotations

import os

from workbench.work import languages

if languages.VARIABLE in os.environ:
    languages.speak_in(languages.chosen())
