"""The page of attention: its token, head and kind of map go into the form."""

from __future__ import annotations

from engines.inspection.looks import AttentionLook
from widgets.inspection.attention.page import AttentionPage
from widgets.inspection.state import Page
from workbench.controllers.inspection.part import PagePart


class Attention(PagePart):
    page = Page.ATTENTION
    kind = AttentionPage

    @property
    def can_export(self) -> bool:
        return isinstance(self.desk.looked.look, AttentionLook)
