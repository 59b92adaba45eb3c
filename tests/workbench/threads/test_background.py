"""Work beside the window: its answers, and where what it held comes to its end."""

from __future__ import annotations

import threading

from workbench.threads.background import Errands


class Held:
    """Something that a piece of work holds; it notes the thread in which it goes."""

    gone: list[int] = []

    def __del__(self) -> None:
        self.gone.append(threading.get_ident())


def test_what_an_errand_held_goes_in_the_owners_thread(qtbot) -> None:
    Held.gone = []
    errands, answers = Errands("errands"), []
    held = Held()
    errands.ask(lambda held=held: id(held), answers.append, answers.append)
    errands.ask(lambda held=held: 1 / len([]) if held else None, answers.append, answers.append)
    del held
    qtbot.waitUntil(lambda: len(answers) == 2)
    errands.ask(lambda: "next", answers.append, answers.append)
    qtbot.waitUntil(lambda: answers[-1] == "next" and errands.idle)
    errands.request_stop()
    assert errands.wait(5000)
    assert Held.gone == [threading.get_ident()]
