"""Words of running text in scripts with and without capitals and spaces."""

import pytest

from litmap.text.hyphens import Vocabulary, join
from litmap.text.script_words import are_joined, count_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The loss of the Network", 2),
        ("A vizsgálat során negyven családot", 4),
        ("Мы изучаем свойства сетей", 3),
        ("تعتمد هذه الدراسة على", 4),
        ("本文讨论山谷村落中公共土地的使用方式。", 4),
        ("3 结果", 0),
        ("ชาวบ้านจะมารวมตัวกันริมแม่น้ำ", 7),
        ("x1max + ab2", 0),
    ],
)
def test_words_of_running_text_are_counted(text, words):
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ("種まきの日を相", "談した。", "種まきの日を相談した。"),
        ("当年的播种日期。", "老人们认为", "当年的播种日期。老人们认为"),
        ("使用 Velmora", "软件", "使用 Velmora 软件"),
        ("공동 경작지의", "앞날을", "공동 경작지의 앞날을"),
        ("the tides of", "the north", "the tides of the north"),
    ],
)
def test_lines_of_scripts_without_spaces_are_joined_without(first, second, text):
    start, between = join(first, second, Vocabulary([]))
    assert start + between + second == text


def test_only_wide_signs_are_joined():
    assert are_joined("資料", "館")
    assert not are_joined("資料", "PDF")
    assert not are_joined("", "館")
