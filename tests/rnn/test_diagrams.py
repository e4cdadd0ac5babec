"""The book's diagrams: what they show is there, as often as it should be, in the book's colors; nothing collides."""

import re
from collections import Counter
from functools import cache
from itertools import combinations

import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.transforms import Bbox  # noqa: E402

from rnn import diagrams, plotting  # noqa: E402

KINDS = ("one-to-one", "one-to-many", "many-to-one", "many-to-many", "encoder-decoder")
WORDS = ["this", "film", "is", "not", "bad"]
STATES = [f"$h_{t}$" for t in range(1, 6)]
DRAWN = {
    **{f"loop_and_unrolled {n}": (diagrams.loop_and_unrolled, n) for n in (1, 2, 3)},
    **{f"shared_weights {n}": (diagrams.shared_weights, n) for n in (1, 2, 3)},
    "feedforward_and_recurrent": (diagrams.feedforward_and_recurrent,),
    "elman_and_jordan": (diagrams.elman_and_jordan,),
    "rnn_cell": (diagrams.rnn_cell,),
    "lstm_cell": (diagrams.lstm_cell,),
    "gru_cell after": (diagrams.gru_cell, True),
    "gru_cell before": (diagrams.gru_cell, False),
    "unrolled 5": (diagrams.unrolled, WORDS, STATES),
    "unrolled 7": (diagrams.unrolled, list("1011001"), [None] * 6 + ["$z_7$"]),
    "unrolled LSTM": (diagrams.unrolled, WORDS, STATES, None, "LSTM"),
    "unrolled 1": (diagrams.unrolled, ["a"], ["b"]),
    **{f"backward {n} {loss}": (diagrams.backward, n, loss) for n in (1, 2, 3) for loss in ("every", "last")},
    **{f"truncated {n} {w}": (diagrams.truncated, n, w) for n, w in ((9, 3), (8, 3), (12, 4), (2, 1), (6, 1), (6, 5))},
    **{kind: (diagrams.network_type, kind) for kind in KINDS},
    "network_types": (diagrams.network_types,),
    **{f"bidirectional {n}": (diagrams.bidirectional, n) for n in (1, 2, 3)},
    **{f"stacked {n} {t}": (diagrams.stacked, n, t) for n, t in ((2, 3), (1, 1), (4, 4))},
}


@pytest.fixture(autouse=True, scope="module")
def style():
    with matplotlib.rc_context():
        plotting.use_style()
        yield


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


@cache
def draw(name):
    function, *arguments = DRAWN[name]
    return function(*arguments)


def parts(fig):
    """How many there are of each kind of thing: boxes, operations, arrows, by the names they were drawn under."""
    return Counter(re.sub(r"-\d+$", "", patch.get_gid()) for patch in fig.axes[0].patches if patch.get_gid())


def labels(fig):
    return [text.get_text() for text in fig.axes[0].texts]


def arrows(fig, name):
    """Start and end of each arrow of a name, in inches; the end is where the head begins."""
    paths = [p.get_path().vertices for p in fig.axes[0].patches if (p.get_gid() or "").startswith(name)]
    return [(tuple(path[0]), tuple(path[-1])) for path in paths]


@cache
def extents(fig):
    renderer = fig.canvas.get_renderer()
    return {text: text.get_window_extent(renderer) for text in fig.axes[0].texts}


# ---- every diagram ----------------------------------------------------------------------------------------------


def test_every_diagram_is_tried_here():
    assert {function.__name__ for function, *_ in DRAWN.values()} == set(diagrams.__all__)


@pytest.mark.parametrize("name", DRAWN)
def test_no_two_labels_touch(name):
    fig = draw(name)
    close = [
        (one.get_text(), other.get_text())
        for (one, box), (other, against) in combinations(extents(fig).items(), 2)
        if Bbox.intersection(box.padded(1), against.padded(1)) is not None
    ]
    assert close == []


@pytest.mark.parametrize("name", DRAWN)
def test_no_line_runs_through_a_label_or_past_the_edge(name):
    fig = draw(name)
    transform = fig.axes[0].transData
    lines = [p for p in fig.axes[0].patches if p.get_gid() and not p.get_fill()]
    struck = [
        (text.get_text(), line.get_gid())
        for text, box in extents(fig).items()
        for line in lines
        if line.get_path().transformed(transform).intersects_bbox(box, filled=False)
    ]
    assert struck == []
    frames = [
        (text.get_text(), patch.get_gid())
        for text, box in extents(fig).items()
        for patch in fig.axes[0].patches
        if patch.get_gid() and patch.get_fill() and not patch.get_gid().startswith("head")
        if patch.get_path().transformed(patch.get_transform()).intersects_bbox(box.padded(-2), filled=False)
    ]
    assert frames == []
    for patch in fig.axes[0].patches:
        box = patch.get_window_extent()
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= fig.bbox.x1
        assert box.y1 <= fig.bbox.y1
    for text, box in extents(fig).items():
        assert box.x0 >= -1, text
        assert box.x1 <= fig.bbox.x1 + 1, text
        assert box.y0 >= -1, text
        assert box.y1 <= fig.bbox.y1 + 1, text


@pytest.mark.parametrize("name", DRAWN)
def test_letters_stay_readable_on_a_phone_and_boxes_hold_their_names(name):
    fig = draw(name)
    assert fig.get_figwidth() <= plotting.WIDTH + 1e-9
    assert min((text.get_fontsize() for text in fig.axes[0].texts), default=12) >= 12


@pytest.mark.parametrize("name", DRAWN)
def test_only_the_books_colors_are_used_so_that_a_dark_copy_can_be_made(name, tmp_path):
    draw(name).savefig(tmp_path / "a.svg")
    svg = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert set(re.findall("#[0-9a-fA-F]{6}", svg)) <= set(plotting.COLORS.values())
    assert "opacity" not in svg
    assert plotting.COLORS["paper"] in svg


@pytest.mark.parametrize("name", ["backward 3 every", "lstm_cell"])
def test_saving_twice_gives_the_same_file_and_no_warning(name, tmp_path):
    files = []
    function, *arguments = DRAWN[name]
    for fig in (function(*arguments), function(*arguments)):
        for letter in "ab":
            fig.savefig(tmp_path / f"{letter}.svg", metadata={"Date": None, "Creator": None}, bbox_inches="tight")
            files.append((tmp_path / f"{letter}.svg").read_bytes())
    assert len(set(files)) == 1


# ---- networks ---------------------------------------------------------------------------------------------------


def test_the_loop_and_its_unrolling_hold_one_step_and_all_steps():
    fig = diagrams.loop_and_unrolled(2)
    assert parts(fig) == {"input": 3, "state": 3, "output": 3, "forward": 7, "state-passed": 2, "head": 9}
    assert labels(fig) == [
        *("$h_t$", "$x_t$", "$z_t$", "$h_{t-1}$", "=", "$h_0$"),
        *("$h_1$", "$x_1$", "$z_1$", "$h_2$", "$x_2$", "$z_2$"),
    ]


def test_shared_weights_have_one_color_and_one_dash_a_matrix():
    fig = diagrams.shared_weights(3)
    found = parts(fig)
    assert {name: found[name] for name in ("W_xh", "W_hh", "W_hy")} == {"W_xh": 3, "W_hh": 3, "W_hy": 3}
    assert Counter(text for text in labels(fig) if "W" in text) == {"$W_{xh}$": 3, "$W_{hh}$": 3, "$W_{hy}$": 3}
    looks = {}
    for patch in fig.axes[0].patches:
        name = patch.get_gid().rsplit("-", 1)[0]
        if name.startswith("W_"):
            looks.setdefault(name, set()).add((patch.get_edgecolor(), str(patch.get_linestyle())))
    assert all(len(look) == 1 for look in looks.values())
    assert len({color for ((color, _),) in looks.values()}) == len({dash for ((_, dash),) in looks.values()}) == 3
    for text in fig.axes[0].texts:
        if "W" in text.get_text():
            name = re.sub(r"[${}]", "", text.get_text())
            ((color, _),) = looks[name]
            assert matplotlib.colors.to_rgba(text.get_color()) == color


def test_a_feedforward_network_has_weights_for_each_place_and_a_recurrent_one_the_same():
    fig = diagrams.feedforward_and_recurrent()
    assert parts(fig) == {
        **{"state": 4, "output": 2, "input": 6, "separate": 3, "forward": 1, "W_xh": 3, "W_hh": 2, "W_hy": 1},
        "head": 10,
    }
    assert [text for text in labels(fig) if re.fullmatch(r"\$W_\d\$", text)] == ["$W_1$", "$W_2$", "$W_3$"]
    separate = [p for p in fig.axes[0].patches if p.get_gid().startswith("separate")]
    assert len({str(patch.get_linestyle()) for patch in separate}) == 3


def test_elman_feeds_back_states_and_jordan_outputs():
    fed = arrows(diagrams.elman_and_jordan(), "fed")
    rises = [end[1] - start[1] for start, end in fed]
    assert rises[:2] == [0, 0]
    assert all(rise < -0.5 for rise in rises[2:])
    assert len(fed) == 4
    assert all(end[0] > start[0] for start, end in fed)


def test_unrolled_draws_a_cell_a_step_and_an_arrow_for_each_thing_that_flows():
    fig = diagrams.unrolled(["a", "b", "c"], [None, None, "y"], cell="LSTM")
    assert labels(fig) == ["LSTM", "a", "LSTM", "b", "LSTM", "c", "y", "$h_{0}$", "$h_{1}$", "$h_{2}$", "$h_{3}$"]
    assert parts(fig) == {"state": 3, "forward": 3 + 1, "state-passed": 4, "head": 8}


def test_unrolled_without_inputs_draws_no_arrow_from_below():
    fig = diagrams.unrolled(["a", None], ["x", "y"], states=["s", "t", "u"])
    assert labels(fig) == ["RNN", "a", "x", "RNN", "y", "s", "t", "u"]
    assert parts(fig) == {"state": 2, "forward": 1 + 2, "state-passed": 3, "head": 6}


def test_directions_pass_their_states_opposite_ways():
    fig = diagrams.bidirectional(3)
    assert parts(fig) == {"input": 3, "state": 6, "output": 3, "forward": 12, "state-passed": 4, "head": 16}
    signs = [end[0] > start[0] for start, end in arrows(fig, "state-passed")]
    assert signs == [True, True, False, False]
    heights = [start[1] for start, _ in arrows(fig, "state-passed")]
    assert heights[0] == heights[1] < heights[2] == heights[3]


@pytest.mark.parametrize(("layers", "steps"), [(1, 1), (2, 3), (4, 2)])
def test_a_stack_has_a_state_for_each_layer_and_step(layers, steps):
    fig = diagrams.stacked(layers, steps)
    found = parts(fig)
    assert (found["input"], found["state"], found["output"]) == (steps, layers * steps, steps)
    assert found["forward"] == (layers + 1) * steps
    assert found["state-passed"] == layers * (steps - 1)
    assert f"$h^{{({layers})}}_{steps}$" in labels(fig)


# ---- types ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "inputs", "states", "outputs"),
    [
        ("one-to-one", 1, 1, 1),
        ("one-to-many", 1, 3, 3),
        ("many-to-one", 3, 3, 1),
        ("many-to-many", 3, 3, 3),
        ("encoder-decoder", 6, 6, 3),
    ],
)
def test_a_type_is_how_many_inputs_and_outputs_it_has(kind, inputs, states, outputs):
    found = parts(diagrams.network_type(kind))
    assert (found["input"], found["state"], found["output"]) == (inputs, states, outputs)
    assert (found["forward"], found["state-passed"]) == (inputs + outputs, states - 1)


def test_a_decoder_is_given_the_right_outputs_one_step_late():
    shown = labels(diagrams.network_type("encoder-decoder"))
    assert [text for text in shown if text == "<s>" or text[1] == "y"] == ["<s>", "$y_1$", "$y_2$"]
    assert [text for text in shown if text[1] == "z"] == ["$z_1$", "$z_2$", "$z_3$"]
    assert {"encoder", "decoder"} <= set(shown)


def test_all_types_are_drawn_together_with_a_key():
    fig = diagrams.network_types()
    assert labels(fig) == [*KINDS, "input", "state", "output"]
    found = parts(fig)
    assert (found["input"], found["state"], found["output"]) == (1 + 1 + 3 + 3 + 6 + 1, 1 + 3 * 3 + 6 + 1, 11 + 1)


# ---- gradients --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("losses", ["every", "last"])
def test_a_gradient_goes_back_along_every_arrow(steps, losses):
    fig = diagrams.backward(steps, losses)
    count = steps if losses == "every" else 1
    found = parts(fig)
    assert (found["state"], found["input"], found["loss"]) == (steps + 1, steps, count)
    assert found["forward"] == found["gradient"] == 2 * steps + count
    assert [t for t in labels(fig) if t.startswith("$dL")] == [f"$dL/dh_{t}$" for t in range(steps + 1)]
    wanted = range(1, steps + 1) if losses == "every" else [steps]
    assert [t for t in labels(fig) if "partial" in t] == [rf"$\partial^{{+}}\!L/\partial h_{t}$" for t in wanted]
    middle = [(start, end) for start, end in arrows(fig, "gradient") if start[1] == end[1]]
    assert len(middle) == steps
    assert all(end[0] < start[0] for start, end in middle)
    down = [(start, end) for start, end in arrows(fig, "gradient") if start[0] == end[0]]
    assert all(end[1] < start[1] for start, end in down)


def test_gradients_are_dashed_and_orange_and_nothing_else_is():
    for patch in diagrams.backward(3).axes[0].patches:
        name = patch.get_gid().rsplit("-", 1)[0]
        if not patch.get_fill():
            orange = patch.get_edgecolor() == matplotlib.colors.to_rgba(plotting.COLORS["orange"])
            assert orange == (name == "gradient") == (patch.get_linestyle() != "-")


@pytest.mark.parametrize(("steps", "window", "cuts"), [(9, 3, 2), (8, 3, 2), (6, 5, 1), (6, 1, 5), (12, 4, 2)])
def test_truncation_carries_the_state_on_and_cuts_the_gradient_at_each_border(steps, window, cuts):
    fig = diagrams.truncated(steps, window)
    found = parts(fig)
    assert found["state"] == steps
    assert found["forward"] == steps - 1
    assert found["gradient"] == steps - 1 - cuts
    assert found["frame"] == cuts + 1
    assert labels(fig).count("\N{BLACK SCISSORS}") == cuts
    assert [text for text in labels(fig) if text.isdigit()] == [str(t) for t in range(1, steps + 1)]
    assert all(end[0] < start[0] for start, end in arrows(fig, "gradient"))


# ---- cells ------------------------------------------------------------------------------------------------------


def test_the_plain_cell_adds_three_things_up_and_squashes_the_sum():
    fig = diagrams.rnn_cell()
    into = [end for _, end in arrows(fig, "forward") if abs(end[0] - 2.15) < 0.35 and abs(end[1] - 1.75) < 0.35]
    assert len(into) == 3
    assert set(labels(fig)) == {"$W_{hh}$", "$W_{xh}$", "+", "tanh", "$h_{t-1}$", "$x_t$", "$b_h$", "$a_t$", "$h_t$"}


def test_the_lstm_has_three_gates_a_candidate_and_its_operations():
    fig = diagrams.lstm_cell()
    shown = Counter(labels(fig))
    assert (shown[r"$\sigma$"], shown["tanh"], shown["×"], shown["+"]) == (3, 2, 3, 1)
    assert {f"${name}_t$" for name in "ifgochx"} <= set(shown)
    assert {"forget", "input", "candidate", "output"} <= set(shown)
    assert parts(fig)["operation"] == 4
    top = [(s, e) for s, e in arrows(fig, "state-passed") if s[1] == e[1] == 3.3]
    assert len(top) == 3  # into the forget gate's product, on to the sum, and out


def test_the_two_grus_differ_in_where_the_reset_comes():
    product, name = {}, {True: "$W_{hn}$\n$b_{hn}$", False: "$W_{hn}$"}
    for after in (True, False):
        fig = diagrams.gru_cell(after)
        shown = Counter(labels(fig))
        assert (shown[r"$\sigma$"], shown["tanh"], shown["×"], shown["+"], shown["1−"]) == (2, 1, 3, 2, 1)
        assert {"$r_t$", "$z_t$", "$n_t$", "reset", "update", "candidate"} <= set(shown)
        place = {text.get_text(): text.get_position()[0] for text in fig.axes[0].texts}
        reset = next(text.get_position()[0] for text in fig.axes[0].texts if text.get_text() == "×")
        product[after] = place[name[after]] < reset
    assert product == {True: True, False: False}


# ---- bad arguments ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "arguments", "told"),
    [
        (diagrams.loop_and_unrolled, (0,), "loop_and_unrolled: steps must be a whole number from 1 to 3, got 0."),
        (diagrams.loop_and_unrolled, (4,), "loop_and_unrolled: steps must be a whole number from 1 to 3, got 4."),
        (diagrams.shared_weights, (2.0,), "shared_weights: steps must be a whole number from 1 to 3, got 2.0."),
        (diagrams.shared_weights, (4,), "shared_weights: steps must be a whole number from 1 to 3, got 4."),
        (diagrams.bidirectional, (True,), "bidirectional: steps must be a whole number from 1 to 3, got True."),
        (diagrams.stacked, (5, 3), "stacked: layers must be a whole number from 1 to 4, got 5."),
        (diagrams.stacked, (2, -1), "stacked: steps must be a whole number from 1 to 4, got -1."),
        (diagrams.backward, (4,), "backward: steps must be a whole number from 1 to 3, got 4."),
        (diagrams.backward, (3, "first"), "backward: losses must be 'every' or 'last', got 'first'."),
        (diagrams.truncated, (13, 3), "truncated: steps must be a whole number from 2 to 12, got 13."),
        (diagrams.truncated, (1, 1), "truncated: steps must be a whole number from 2 to 12, got 1."),
        (diagrams.truncated, (6, 6), "truncated: window must be a whole number from 1 to 5, got 6."),
        (diagrams.gru_cell, ("after",), "gru_cell: reset_after must be True or False, got 'after'."),
        (
            diagrams.network_type,
            ("many",),
            "network_type: kind must be one of 'one-to-one', 'one-to-many', 'many-to-one', 'many-to-many', "
            "'encoder-decoder', got 'many'.",
        ),
        (
            diagrams.unrolled,
            (["a"] * 8, [None] * 8),
            "unrolled: 8 cells named 'RNN' do not fit on a sheet; draw the first ones and the last.",
        ),
        *(
            (
                diagrams.unrolled,
                arguments,
                f"unrolled: inputs and outputs must have the same length T ≥ 1 and states T + 1 entries, got {counts}.",
            )
            for arguments, counts in (
                (([], []), "0, 0 and 1"),
                ((["a"], []), "1, 0 and 2"),
                ((["a"], ["b"], ["s"]), "1, 1 and 1"),
            )
        ),
    ],
)
def test_a_diagram_says_what_it_wants(function, arguments, told):
    with pytest.raises(ValueError) as error:
        function(*arguments)
    assert str(error.value) == told
