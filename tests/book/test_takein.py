"""Progress bars reach the page as one line, everything else as it was printed."""

import pytest

pytest.importorskip("myst_nb", reason="the extra `book` is not installed")

from nbformat.v4 import new_output

from tools.takein import on_screen, tidy


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def texts(outputs):
    return [(o.name, o.text) if o.output_type == "stream" else o.output_type for o in tidy(outputs)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\r 0%\r50%\r100% done\n", "100% done\n"),
        ("\r100% ####\r         \rfinished\n", "finished\n"),
        ("loss 1.234\rloss 1.2\n", "loss 1.234\n"),
        ("windows\r\nlines\r\n", "windows\nlines\n"),
        ("\n\rinner 1\x1b[A\router 1\n\rinner 2\x1b[A\router 2\n", "outer 2\ninner 2\n"),
        ("a\x1b[31mb\rc\n", "c\x1b[31mb\n"),
        ("no end", "no end\n"),
    ],
)
def test_what_a_terminal_shows(text, shown):
    assert on_screen(text) == shown


def test_the_refreshes_of_a_bar_become_one_even_around_other_outputs():
    outputs = [
        stream("\r  0%", "stderr"),
        stream("epoch 1\n"),
        stream("\r 50%", "stderr"),
        new_output("display_data", {"text/plain": "figure"}),
        stream("\r100%\n", "stderr"),
        stream("epoch 2\n"),
    ]
    assert texts(outputs) == [("stderr", "100%\n"), ("stdout", "epoch 1\n"), "display_data", ("stdout", "epoch 2\n")]


def test_a_bar_that_removed_itself_leaves_nothing():
    assert texts([stream("\r100%|####|", "stderr"), stream("\r           \r", "stderr"), stream("done\n")]) == [
        ("stdout", "done\n")
    ]


def test_ordinary_prints_are_joined_and_keep_their_place_and_their_blank_lines():
    outputs = [stream("a"), stream("b\n"), stream("\n"), stream("oh\n", "stderr"), stream("c\n\n")]
    assert texts(outputs) == [("stdout", "ab\n\n"), ("stderr", "oh\n"), ("stdout", "c\n\n")]


def test_the_outputs_handed_in_are_left_alone():
    outputs = [stream("\r1", "stderr"), stream("\r2", "stderr")]
    tidy(outputs)
    assert [o.text for o in outputs] == ["\r1", "\r2"]
