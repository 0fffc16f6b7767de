"""What went wrong in a sum: the slips of written arithmetic that lead to just the answer that was given.

The kinds are those that studies of pupils' errors count as the commonest: forgotten carries and borrows, the smaller
digit taken from the larger, neighbours in the times table, figures in the wrong order (Brown and Burton, "Diagnostic
models for procedural bugs in basic mathematical skills", 1978; Ashlock, "Error Patterns in Computation", 2010).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product

from core.sheets.values import decimals, write
from core.sheets.worksheets.sums import work_out

_PLACES = ("ones", "tens", "hundreds", "thousands", "ten thousands", "hundred thousands", "millions")
_SHARES = ("tenths", "hundredths", "thousandths")
_TABLE = 12  # times tables are learnt up to here
_LONGEST = 8  # carries of which any may have been forgotten: 2^8 answers
_WORDS = {"+": "added", "-": "subtracted", "×": "multiplied", ":": "divided"}


def name_slips(values: Sequence[Fraction], operators: Sequence[str], answer: Fraction) -> list[str]:
    """The slips that lead from a sum to an answer, each as a clause, the most telling first; none for a right answer.

    Args:
        values: the n numbers of the sum.
        operators: the n - 1 signs between them: "+", "-", "×", ":".
        answer: what was written behind the equals sign.
    """
    right = work_out(values, operators)
    if right is None or right == answer:
        return []
    telling = _slips(values, operators, right, answer)
    return list(dict.fromkeys(telling)) or list(_nearby(right, answer))


def _slips(values: Sequence[Fraction], operators: Sequence[str], right: Fraction, answer: Fraction) -> Iterator[str]:
    alike = set(operators)
    if len(alike) == 1 and min(values) >= 0:
        places = max(map(decimals, (*values, answer)))
        numbers = [int(value * 10**places) for value in values]
        yield from _in_columns(numbers, alike.pop(), int(answer * 10**places), places)
    yield from _swapped(right, answer)
    yield from _other_operation(values, operators, answer)
    yield from _in_tables(values, operators, answer)


def _in_columns(numbers: Sequence[int], operator: str, answer: int, places: int) -> Iterator[str]:
    """Slips of working column by column; the numbers are in units of the last decimal."""
    if operator == "+":
        yield from _forgotten(lambda left_out: _add(numbers, left_out), answer, "carry", places)
        if answer == _whole_columns(numbers):
            yield "the whole sum of a column was written, and nothing carried"
    if operator == "-" and len(numbers) == 2 and numbers[0] >= numbers[1]:
        if answer == _smaller_from_larger(*numbers):
            yield "in a column the smaller figure was taken from the larger one"
        yield from _forgotten(lambda left_out: _subtract(numbers[0], numbers[1], left_out), answer, "borrow", places)
    if operator == "×" and len(numbers) == 2 and not places and min(numbers) < 10:
        times, number = sorted(numbers)
        yield from _forgotten(lambda left_out: _multiply(number, times, left_out), answer, "carry", 0)


Worked = tuple[int, list[int]]
"""A result, and the columns from which something was carried or for which something was borrowed."""


def _forgotten(work: Callable[[Sequence[int]], Worked], answer: int, noun: str, places: int) -> Iterator[str]:
    """Which carries or borrows lead to the answer when they are left out; as few as possible."""
    _, moved = work(())
    moved = moved[:_LONGEST]
    for count in range(1, len(moved) + 1):
        for left_out in combinations(moved, count):
            if work(left_out)[0] == answer:
                ways = " and ".join(_way(column, noun, places) for column in left_out)
                yield (
                    f"the {noun} {ways} was forgotten"
                    if count == 1
                    else f"the {noun.replace('y', 'ie')}s {ways} were forgotten"
                )
                return


def _way(column: int, noun: str, places: int) -> str:
    lower, higher = _place(column - places), _place(column + 1 - places)
    return f"from the {lower} to the {higher}" if noun == "carry" else f"from the {higher}"


def _place(index: int) -> str:
    """The name of a decimal place: 0 for ones, 1 for tens, -1 for tenths."""
    names = _PLACES if index >= 0 else _SHARES
    number = index if index >= 0 else -index - 1
    return names[number] if number < len(names) else f"{'1' + '0' * number}s"


def _figures(number: int, length: int) -> list[int]:
    """The figures of a number from the ones on, filled up with zeros."""
    return [int(figure) for figure in reversed(str(number).zfill(length))]


def _add(numbers: Sequence[int], left_out: Sequence[int]) -> Worked:
    length = len(str(max(numbers))) + len(str(len(numbers)))
    return _work(map(sum, zip(*(_figures(number, length) for number in numbers), strict=True)), left_out)


def _work(columns: Iterable[int], left_out: Sequence[int]) -> Worked:
    """What columns come to, from the ones on, each with what is carried to it or, where that is negative, borrowed."""
    result, carry, moved = 0, 0, []
    for column, value in enumerate(columns):
        carry, figure = divmod(value + carry, 10)
        result += figure * 10**column
        if carry:
            moved.append(column)
        if column in left_out:
            carry = 0
    return result, moved


def _whole_columns(numbers: Sequence[int]) -> int:
    """What comes of writing the sum of each column in full."""
    length = len(str(max(numbers)))
    columns = zip(*(_figures(number, length) for number in numbers), strict=True)
    return int("".join(str(sum(figures)) for figures in reversed(list(columns))))


def _subtract(first: int, second: int, left_out: Sequence[int]) -> Worked:
    return _work(_differences(first, second), left_out)


def _smaller_from_larger(first: int, second: int) -> int:
    return sum(abs(difference) * 10**column for column, difference in enumerate(_differences(first, second)))


def _differences(first: int, second: int) -> list[int]:
    """Column by column, from the ones on."""
    length = len(str(first))
    pairs = zip(_figures(first, length), _figures(second, length), strict=True)
    return [above - below for above, below in pairs]


def _multiply(number: int, times: int, left_out: Sequence[int]) -> Worked:
    return _work((figure * times for figure in _figures(number, len(str(number)) + 1)), left_out)


def _swapped(right: Fraction, answer: Fraction) -> Iterator[str]:
    places = max(decimals(right), decimals(answer))
    true, given = (write(abs(value), places) for value in (right, answer))
    if len(true) != len(given) or (right < 0) != (answer < 0):
        return
    differing = [index for index in range(len(true)) if true[index] != given[index]]
    if len(differing) == 2:
        first, second = differing
        if true[first] == given[second] and true[second] == given[first]:
            yield f"two figures were swapped: {write(right)} is right"


def _other_operation(values: Sequence[Fraction], operators: Sequence[str], answer: Fraction) -> Iterator[str]:
    for index, operator in enumerate(operators):
        for other, word in _WORDS.items():
            changed = [*operators[:index], other, *operators[index + 1 :]]
            if other != operator and work_out(values, changed) == answer:
                yield f"it was {word} instead of {_WORDS[operator]}"


def _in_tables(values: Sequence[Fraction], operators: Sequence[str], answer: Fraction) -> Iterator[str]:
    if tuple(operators) != ("×",) or not all(value.denominator == 1 and 0 < value <= _TABLE for value in values):
        return
    first, second = map(int, values)
    for step, other_step in sorted(product((-1, 0, 1), repeat=2), key=lambda steps: abs(steps[0]) + abs(steps[1])):
        if (first + step) * (second + other_step) == answer:
            yield f"it is a neighbour in the times table: {first + step} × {second + other_step} is {write(answer)}"
            return


def _nearby(right: Fraction, answer: Fraction) -> Iterator[str]:
    difference = abs(right - answer)
    if right == -answer:
        yield "the sign is wrong"
    elif right and answer and _power_of_ten(answer / right):
        noun = "the decimal point is in the wrong place" if decimals(right) or decimals(answer) else "a zero"
        more = "" if noun.startswith("the") else " too many was written" if answer > right else " was left out"
        yield f"{noun}{more}"
    elif difference == 1:
        yield "it is one off"
    elif difference in (10, 100, 1_000):
        yield f"the {_place(len(str(difference)) - 1)} are one off"


def _power_of_ten(ratio: Fraction) -> bool:
    return any(ratio in (Fraction(10**power), Fraction(1, 10**power)) for power in (1, 2, 3))
