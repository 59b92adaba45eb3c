"""The page of attention: its token, head and kind of map go into the form."""

from __future__ import annotations

from typing import cast

from widgets.inspection.attention.page import AttentionPage
from widgets.inspection.state import Page
from workbench.controllers.inspection.part import PagePart


class Attention(PagePart):
    page = Page.ATTENTION
    kind = AttentionPage

    def make(self) -> AttentionPage:
        return cast(AttentionPage, super().make())
