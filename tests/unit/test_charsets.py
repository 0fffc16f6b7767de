"""Charsets: their order, their groups, and what looks alike."""

import pytest
from torchvision.datasets import EMNIST

from core.charsets import (
    BALANCED,
    BYCLASS,
    CAPITALS,
    CHARSETS,
    DIGITS,
    GROUPS,
    LETTERS,
    SMALL_LETTERS,
    Charset,
    get_charset,
)
from core.errors import ConfigError


def test_the_orders_are_emnists() -> None:
    assert list(BALANCED.characters) == EMNIST.classes_split_dict["balanced"]
    assert list(BYCLASS.characters) == EMNIST.classes_split_dict["byclass"]
    assert [letter.lower() for letter in LETTERS.characters] == EMNIST.classes_split_dict["letters"][1:]
    assert {letter.lower() for letter in BALANCED.merged} == EMNIST._merged_classes


@pytest.mark.parametrize("charset", CHARSETS.values(), ids=lambda charset: charset.name)
def test_groups_and_look_alikes_part_the_characters(charset: Charset) -> None:
    assert sorted(sum(charset.groups.values(), ())) == sorted(charset.characters)
    assert charset.groups.keys() <= GROUPS.keys()
    grouped = sum(charset.look_alikes, ())
    assert len(set(grouped)) == len(grouped)
    assert set(grouped) <= set(charset.characters)
    assert all(character in charset.alike(character) for character in charset.characters)


def test_what_looks_alike() -> None:
    assert BALANCED.alike("O") == ("0", "O")
    assert BYCLASS.alike("l") == ("1", "I", "l")
    assert BALANCED.alike("5") == ("5", "S")
    assert BALANCED.alike("g") == ("9", "g", "q")
    assert BYCLASS.alike("c") == ("C", "c")
    assert BALANCED.alike("1") == ("1", "I", "L")  # the L stands for l, too
    assert [BALANCED.ambiguous_form(one) for one in "1IL"] == ["1", "I", "l"]
    assert [LETTERS.ambiguous_form(one) for one in "GQA"] == ["g", "q", "A"]
    assert BYCLASS.ambiguous_form("L") == "L"
    assert BALANCED.alike("A") == ("A",)
    assert DIGITS.look_alikes == ()
    assert LETTERS.look_alikes == (("I", "L"), ("G", "Q"))


def test_a_merged_letter_is_shown_and_found_in_both_cases() -> None:
    assert BALANCED.show("C") == "Cc"
    assert BALANCED.show("A") == "A"
    assert BALANCED.find("c") == "C"
    assert BALANCED.find("a") == "a"
    assert BYCLASS.find("c") == "c"
    assert DIGITS.find("c") is None
    assert DIGITS.find("") is None


def test_one_holds_another_where_the_classes_mean_the_same() -> None:
    assert BALANCED.covers(DIGITS)
    assert BYCLASS.covers(DIGITS)
    assert BALANCED.covers(BALANCED)
    assert not DIGITS.covers(BALANCED)
    assert not BALANCED.covers(LETTERS)  # its A is no small one
    assert not BYCLASS.covers(BALANCED)


@pytest.mark.parametrize("one", [CAPITALS, SMALL_LETTERS], ids=lambda charset: charset.name)
def test_letters_of_one_case_are_held_where_their_classes_are_of_that_case_or_of_both(one: Charset) -> None:
    assert all(charset.covers(one) for charset in (BALANCED, BYCLASS, LETTERS, one))
    assert not DIGITS.covers(one)
    assert not one.covers(DIGITS)
    assert not one.covers(BALANCED)
    assert not one.covers(LETTERS)  # its classes are of both cases


def test_none_holds_two_classes_that_are_one_there() -> None:
    both = Charset("both", "Both cases", ("c", "C"))
    assert BYCLASS.covers(both)
    assert not BALANCED.covers(both)
    assert not BALANCED.covers(BYCLASS)
    assert BALANCED.covers(Charset("merged", "Merged", ("C", "d"), ("C",)))
    assert not BALANCED.covers(Charset("merged", "Merged", ("A",), ("A",)))


def test_letters_of_one_case_are_of_data_sets_and_not_of_models() -> None:
    assert get_charset("capitals") is CAPITALS
    assert get_charset("small") is SMALL_LETTERS
    assert CHARSETS.keys().isdisjoint({"capitals", "small"})
    assert BALANCED.restrictions["capitals"] is CAPITALS
    assert BALANCED.restrictions["small"] is SMALL_LETTERS
    assert CAPITALS.glyph_side == SMALL_LETTERS.glyph_side == BALANCED.glyph_side


def test_an_answer_can_be_restricted_to_a_kind_that_is_read_whole() -> None:
    assert {kind: len(charset.characters) for kind, charset in BALANCED.restrictions.items()} == {
        "digits": 10,
        "capitals": 26,
        "small": 26,
    }
    small = BALANCED.restrictions["small"]
    assert [BALANCED.characters[place] for place in BALANCED.indices_of(small)][:4] == ["a", "b", "C", "d"]
    assert len(set(BALANCED.indices_of(small))) == 26
    assert DIGITS.restrictions == LETTERS.restrictions == {}
    assert BALANCED.restricted("small") == small
    assert BALANCED.restricted("") == BALANCED
    assert DIGITS.restricted("capitals") == DIGITS


def test_places_of_characters_that_are_not_read() -> None:
    with pytest.raises(ConfigError, match=r"Digits has no A, B"):
        DIGITS.indices_of(LETTERS)


@pytest.mark.parametrize("charset", CHARSETS.values(), ids=lambda charset: charset.name)
def test_in_the_order_of_likeness_groups_stand_together(charset: Charset) -> None:
    order = charset.similarity_order
    assert sorted(order) == sorted(charset.characters)
    for group in charset.look_alikes:
        places = sorted(map(order.index, group))
        assert places[-1] - places[0] == len(group) - 1
    assert DIGITS.similarity_order == DIGITS.characters
    assert BYCLASS.similarity_order[:8] == ("0", "O", "o", "1", "I", "l", "i", "L")
    assert BYCLASS.similarity_order.index("a") == BYCLASS.similarity_order.index("A") + 1


def test_words_for_people() -> None:
    assert BALANCED.names[:13] == (*"0123456789", "A", "B", "Cc")
    assert (DIGITS.noun, LETTERS.noun, BALANCED.noun) == ("digit", "letter", "letter or digit")


def test_an_unknown_one_is_named() -> None:
    with pytest.raises(ConfigError, match=r"no charset .runes.\. Known: digits, balanced"):
        get_charset("runes")


def test_the_forms_of_a_charset_are_its_characters_and_then_the_small_letters_that_it_merges() -> None:
    forms = BALANCED.forms
    assert forms.characters[:47] == BALANCED.characters
    assert forms.characters[47:] == tuple("cijklmopsuvwxyz")
    assert (forms.merged, forms.glyph_side) == ((), BALANCED.glyph_side)
    assert forms.indices_of(CAPITALS) == BALANCED.indices_of(CAPITALS)
    assert [forms.characters[place] for place in forms.indices_of(SMALL_LETTERS)] == list(SMALL_LETTERS.characters)
    assert {forms.characters[a] + forms.characters[b] for a, b in forms.pairs(BALANCED).items()} == {
        letter + letter.lower() for letter in BALANCED.merged
    }
    assert forms.pairs(CAPITALS) == forms.pairs(forms) == BALANCED.pairs(BALANCED) == {}
    assert DIGITS.forms is DIGITS


def test_a_network_has_outputs_for_forms_only_where_each_has_images_of_its_own() -> None:
    assert BALANCED.outputs_for([BALANCED, CAPITALS, SMALL_LETTERS]) == BALANCED.forms
    assert BALANCED.outputs_for([BALANCED, CAPITALS, DIGITS]) == BALANCED
    assert BALANCED.outputs_for([BALANCED]) == BALANCED
    assert DIGITS.outputs_for([DIGITS]) == DIGITS
