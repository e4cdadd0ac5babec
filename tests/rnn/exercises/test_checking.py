"""The framework of the checkers: results, robustness against anything a function may do, recognition of mistakes."""

import functools
import sys

import numpy as np
import pytest

from rnn.exercises.checking import Case, Finding, Mistake, Result, Task


def double(x, n):
    return x * n


CASES = [
    Case({"x": np.array([[1.0, 2.0, 4.0]]), "n": 2}, "a first case", sizes={"B": 1, "T": 3}),
    Case({"x": np.arange(8.0).reshape(2, 4), "n": 3}, sizes={"B": 2, "T": 4}),
    Case({"x": np.array([[5.0, 7.0, 6.0]]), "n": 0}, "nothing", "Zero times anything is 0.", {"B": 1, "T": 3}),
]
TASK = Task(
    "double",
    CASES,
    ("y",),
    double,
    [Mistake("you added.", [lambda x, n: x + n]), Mistake("too often.", [lambda x, n: x * n * n])],
    shapes={"y": "(B, T)"},
)


def gradients(a, b):
    return {"da": a * b, "db": a + b, "dc": a - b}


NAMED = Task(
    "gradients",
    [Case({"a": np.array([1.0, 2.0]), "b": np.array([3.0, 5.0])}), Case({"a": np.array([0.5]), "b": np.array([-4.0])})],
    ("da", "db", "dc"),
    gradients,
    [
        Mistake("the bias is forgotten.", [lambda a, b: {"da": None, "db": a, "dc": a}]),
        Mistake("never.", [lambda a, b: {"da": None, "db": None, "dc": None}]),
    ],
)


def hint(function, task=TASK):
    result = task.check(function)
    assert not result.passed
    assert "Traceback" not in result.hint
    return result.hint


# Results


def test_a_passed_result_is_true_and_prints_on_one_line():
    result = TASK.check(lambda x, n: n * x)
    assert result
    assert repr(result) == "✓ double: right on 3 cases."
    assert result._repr_markdown_() == "✓ **`double`**: right on 3 cases."


def test_a_failed_result_prints_indented_lines_and_paragraphs():
    result = Result("f", False, "one\ntwo")
    assert not result
    assert repr(result) == "✗ f: one\n  two"
    assert result._repr_markdown_() == "✗ **`f`**: one\n\ntwo"


# Not written yet


def untouched(x, n): ...


def untouched_with_docstring(x, n):
    """Say what it would do."""


def untouched_pass(x, n):
    pass


def untouched_raising(x, n):
    raise NotImplementedError("your code here")


def untouched_returning(x, n):
    return ...


def untouched_two(x, n):
    loss = ...
    dlogits = ...
    return loss, dlogits


@pytest.mark.parametrize(
    "function",
    [
        untouched,
        untouched_with_docstring,
        untouched_pass,
        untouched_raising,
        untouched_returning,
        untouched_two,
        functools.partial(untouched),
    ],
)
def test_an_untouched_starter_is_encouraged(function):
    result = TASK.check(function)
    assert not result.passed
    assert not result.started
    assert repr(result) == (
        "○ double: not written yet. Put your code in the place of `...` and run the cell again: this line will then "
        "say what is right and what is not. A first try need not be perfect."
    )


def test_a_forgotten_return_is_named():
    def forgot(x, n):
        y = x * n  # noqa: F841

    assert hint(forgot) == "your function returned `None`: is a `return` missing?"


def test_a_way_without_return_is_named():
    def forgot(x, n):
        if n:
            return x * n
        return None

    assert hint(forgot).startswith("your function returned `None`: is a `return` missing? With nothing (`x = [[5.,")


# Exceptions


def test_an_exception_is_a_sentence_with_the_line():
    def broken(x, n):
        y = x * n
        return y @ np.ones(99)

    found = hint(broken)
    assert found.startswith("your function stopped with `ValueError: matmul")
    assert "in line 3 of `broken`, `return y @ np.ones(99)`" in found
    assert found.endswith("With a first case (`x = [[1., 2., 4.]]`, `n = 2`).")


def test_an_exception_in_a_helper_names_the_helper():
    def helper(x):
        return x.nothing

    def broken(x, n):
        return helper(x)

    assert "in line 2 of `helper`, `return x.nothing`" in hint(broken)


def test_an_exception_on_an_edge_case_comes_with_its_hint():
    def broken(x, n):
        return x * n / (1 // n if n == 0 else 1)

    assert hint(broken).endswith("With nothing (`x = [[5., 7., 6.]]`, `n = 0`).\nZero times anything is 0.")


def test_an_exception_without_a_message_is_called_by_its_name():
    def broken(x, n):
        raise KeyError

    assert "stopped with `KeyError` in line 2" in hint(broken)


def test_backticks_in_a_message_do_not_break_the_markup():
    def broken(x, n):
        raise ValueError("a `b`\n  c")

    assert "`ValueError: a 'b' c`" in hint(broken)


def test_endless_recursion_is_a_sentence():
    def broken(x, n):
        return broken(x, n)

    assert "RecursionError" in hint(broken)


def test_leaving_the_program_is_a_sentence():
    assert "`SystemExit: 3`" in hint(lambda x, n: sys.exit(3))


def test_the_wrong_number_of_arguments_is_named():
    found = hint(lambda x: x)
    assert found.startswith("your function is called as `double(x, n)`, and that call failed: `TypeError:")


def test_a_type_error_inside_is_not_taken_for_a_wrong_call():
    def broken(x, n):
        return len(n) * x

    assert "in line 2 of `broken`" in hint(broken)


def test_a_builtin_that_fails_is_a_sentence():
    assert "TypeError" in hint(len)
    assert hint(np.linalg.inv).startswith("your function stopped with") or "called as" in hint(np.linalg.inv)


@pytest.mark.parametrize("value", [None, 3.0, "double", np.zeros(3)])
def test_a_result_instead_of_the_function_is_named(value):
    assert hint(value).startswith("hand over the function itself, `check_double(double)`, not what it returns; got ")


def test_objects_that_can_be_called_are_functions_too():
    class Right:
        def __call__(self, x, n):
            return x * n

    class Broken:
        def __call__(self, x, n):
            return x.nothing

    assert TASK.check(Right())
    assert "in line 2 of `__call__`" in hint(Broken())
    assert TASK.check(functools.partial(lambda k, x, n: k * x * n, 1))


# Values


def test_a_mistake_is_recognized_and_an_example_given():
    assert hint(lambda x, n: x + n) == (
        "`y`: you added.\n"
        "Wrong in 3 of 3 cases. With a first case (`x = [[1., 2., 4.]]`, `n = 2`): "
        "`y` is `[[3., 4., 6.]]`, expected `[[2., 4., 8.]]`."
    )
    assert hint(lambda x, n: n * n * x).startswith("`y`: too often.\nWrong in 2 of 3 cases.")


def test_a_mistake_made_only_sometimes_is_not_taken_for_it():
    assert "you added" not in hint(lambda x, n: x + n if n == 2 else 7 * x)


def test_right_except_on_an_edge_case_says_why():
    found = hint(lambda x, n: x * n if n else x * np.nan)
    assert found.startswith(
        "`y`: right except on edge cases. Zero times anything is 0.\nWrong in 1 of 3 cases. With nothing"
    )
    assert found.endswith("`y` is `[[nan, nan, nan]]`, expected `[[0., 0., 0.]]`.")


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda x, n: "y", "wanted a NumPy array of shape (B, T), here (1, 3), got 'y'."),
        (lambda x, n: (x * n).tolist(), "wanted a NumPy array of shape (B, T), here (1, 3), got [[2.0, 4.0, 8.0]]."),
        (lambda x, n: 3.5, "wanted a NumPy array of shape (B, T), here (1, 3), got 3.5."),
        (lambda x, n: {"y": x}, "wanted a NumPy array of shape (B, T)"),
        (lambda x, n: (x * n,), "wanted a NumPy array of shape (B, T)"),
        (lambda x, n: np.array(["a"]), "wanted an array of numbers, got one of dtype str"),
        (lambda x, n: np.array([None]), "wanted an array of numbers, got one of dtype object."),
        (lambda x, n: x[0] * n, "wanted shape (B, T), here (2, 4), got (4,).\n"),
        (lambda x, n: x[:, None] * n, "here (2, 4), got (2, 1, 4). They differ by an axis of size 1: look at `keep"),
        (lambda x, n: np.squeeze(x * n), "wanted shape (B, T), here (1, 3), got (3,). They differ by an axis of size"),
        (lambda x, n: (x * n).T, "wanted shape (B, T), here (2, 4), got (4, 2). The axes are in another order."),
        (lambda x, n: (x * n)[:, :2], "wanted shape (B, T), here (2, 4), got (2, 2).\n"),
        (lambda x, n: x * np.inf, "it holds NaN or infinite numbers."),
        (lambda x, n: x / 0 * 0, "it holds NaN or infinite numbers."),
        (lambda x, n: -x * n, "right but for the sign"),
        (lambda x, n: x * n / len(x[0]), "right but for a factor, which is 1/T."),
        (lambda x, n: x * n * 5, "right but for a factor, always 5."),
        (lambda x, n: np.roll(x * n, 1, axis=1), "off by one in time: each number stands one step too late."),
        (lambda x, n: np.roll(x * n, -1, axis=1), "off by one in time: each number stands one step too early."),
        (lambda x, n: x * n + x**3, "the numbers differ."),
        (lambda x, n: x * n + x**3 if n else x * np.nan, "the numbers differ."),  # NaN is not the first thing to mend
    ],
)
def test_a_wrong_answer_is_described(function, said):
    assert said in hint(function)


def test_the_example_is_the_case_whose_shape_is_told():
    assert hint(lambda x, n: (x * n)[:, :2]) == (
        "`y`: wanted shape (B, T), here (2, 4), got (2, 2).\n"
        "Wrong in 3 of 3 cases. With `x = [[0., 1., 2., 3.], [4., 5., 6., 7.]]`, `n = 3`: "
        "`y` is `[[ 0., 3.], [12., 15.]]`, expected `[[ 0., 3., 6., 9.], [12., 15., 18., 21.]]`."
    )


def test_float32_is_precise_enough():
    assert TASK.check(lambda x, n: (x * np.float32(n)).astype(np.float32))


def test_numpy_warnings_of_the_function_are_not_errors():
    assert TASK.check(lambda x, n: np.where(np.log(x * 0) < 0, x * n, 0))


def test_a_change_of_the_input_is_named_and_harms_nobody():
    def in_place(x, n):
        x *= n
        return x

    found = hint(in_place)
    assert found.startswith("your function changes its input `x` in place")
    assert "Work on a copy, `x.copy()`" in found
    np.testing.assert_array_equal(CASES[0].args["x"], [[1.0, 2.0, 4.0]])


# Several values, by name


@pytest.mark.parametrize("kind", [dict, lambda g: tuple(g.values()), lambda g: list(g.values())])
def test_gradients_may_come_as_dict_tuple_or_list(kind):
    assert NAMED.check(lambda a, b: kind(gradients(a, b)))


def test_each_gradient_is_judged_by_its_name():
    found = hint(lambda a, b: (a * b, a + b + a**2, b - a), NAMED)
    assert found.split("\n")[0] == "`db`: the numbers differ."
    assert "`dc`: right but for the sign, which is reversed everywhere." in found
    assert found.endswith("\nRight: `da`.")


def test_one_mistake_in_several_gradients_is_told_once():
    found = hint(lambda a, b: (a * b, a, a), NAMED)
    assert found.startswith("`db`, `dc`: the bias is forgotten.\n")
    assert found.count("the bias is forgotten") == 1


def test_gradients_in_another_order_are_recognized():
    found = hint(lambda a, b: (a + b, a * b, a - b), NAMED)
    assert "`da`: this is the right `db`. Are the returned values in the order da, db, dc?" in found
    assert "`db`: this is the right `da`." in found


def test_a_missing_gradient_is_named():
    assert hint(lambda a, b: {"da": a * b, "db": a + b}, NAMED) == "the returned dict has no `dc`; it has `da`, `db`."
    assert hint(lambda a, b: {}, NAMED) == "the returned dict has no `da`, `db`, `dc`; it has nothing."


def test_too_few_or_too_many_values_are_named():
    assert hint(lambda a, b: (a, b), NAMED) == "return 3 values, `return da, db, dc`; got 2 values."
    assert hint(lambda a, b: a, NAMED) == "return 3 values, `return da, db, dc`; got [1., 2.]."


def test_none_for_one_of_several_is_not_taken_for_a_mistake():
    assert "`db`: wanted a NumPy array of shape (2,), got None." in hint(lambda a, b: (a * b, None, a - b), NAMED)


# A judge over all runs


def test_a_judge_sees_all_runs_and_may_object():
    def judge(runs):
        assert [run.case for run in runs] == CASES
        if not runs[0].value.sum() < runs[1].value.sum():
            raise Finding("it does not grow.")

    task = Task("grows", CASES, ("y",), judge=judge)
    assert task.check(lambda x, n: x * n)
    result = task.check(lambda x, n: -x * n)
    assert repr(result) == "✗ grows: it does not grow."
