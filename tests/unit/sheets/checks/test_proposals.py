import random
import time

from core.sheets.checks.plan import Plan, Total
from core.sheets.checks.proposals import propose_totals
from tests.benchmarks.totals import make_table
from tests.support.read_sheets import read_table


def texts(grid: list[list[int]]) -> list[list[str]]:
    return [[str(value) for value in row] for row in grid]


def test_totals_of_rows_and_columns_are_proposed() -> None:
    grid, plan = make_table(random.Random(1), "both")
    found = {each.total for each in propose_totals(read_table(texts(grid)).fields)}
    assert found == set(plan.totals)


def test_one_wrong_field_does_not_hide_them() -> None:
    grid, plan = make_table(random.Random(2), "rows")
    grid[1][0] += 1
    (found,) = propose_totals(read_table(texts(grid)).fields)
    assert found.total == plan.totals[0]
    assert (found.agree, found.sums) == (len(grid) - 1, len(grid))


def test_subtotals_and_their_grand_total() -> None:
    rows = [[120, 33, 40], [35, 18, 61], [155, 51, 101], [211, 77, 12], [14, 92, 83], [225, 169, 95], [380, 220, 196]]
    found = [each.total for each in propose_totals(read_table(texts(rows)).fields) if each.total.axis == "row"]
    assert found == [Total("row", 2, (0, 1)), Total("row", 5, (3, 4)), Total("row", 6, (2, 5))]


def test_a_total_at_the_head() -> None:
    rows = [[281, 320, 112], [120, 200, 40], [61, 70, 30], [100, 50, 42]]
    found = [each.total for each in propose_totals(read_table(texts(rows)).fields)]
    assert found == [Total("row", 0, (1, 2, 3))]


def test_numbers_that_add_up_by_chance_are_no_totals() -> None:
    dice = random.Random(3)
    assert propose_totals(read_table([["1", "2"], ["2", "1"], ["3", "3"]]).fields) == []
    for _ in range(20):
        grid = [[dice.randrange(20) for _ in range(5)] for _ in range(12)]
        assert propose_totals(read_table(texts(grid)).fields) == []


def test_numbers_of_any_length_are_looked_at() -> None:
    large = "9" * 190
    assert propose_totals(read_table([[large, f".{large}"], [large, f".{large}"], ["1", "2"]]).fields) == []


def test_columns_of_names_and_blank_sheets_are_left_out() -> None:
    assert propose_totals(read_table([["", ""], ["", ""]]).fields) == []
    assert propose_totals((), Plan()) == []


def test_a_long_table_takes_a_moment() -> None:
    dice = random.Random(4)
    grid = [[dice.randrange(1_000) for _ in range(8)] for _ in range(150)]
    grid.append([sum(column) for column in zip(*grid, strict=True)])
    started = time.perf_counter()
    (found,) = propose_totals(read_table(texts(grid)).fields)
    assert found.total.total == 150
    assert time.perf_counter() - started < 10
