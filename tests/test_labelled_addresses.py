"""Lines of one paragraph that are works of their own, and those that go on with the one above."""

import time

import pytest

from litmap.citations import find_citations
from litmap.notes import parse_note

CODING = "Olshausen & Field, Emergence of simple-cell receptive field properties, Nature 1996."
ZHANG = "Zhang et al., Understanding deep learning requires rethinking generalization, ICLR 2017."


def works(paragraph):
    """The works of a paragraph: what each is known by, and its title."""
    cited = find_citations([parse_note(f"# H\n\n{paragraph}\n", "n.md")[0]])
    return {(c.reference.ids[0] if c.reference.ids else "", c.reference.title) for c in cited}


@pytest.mark.parametrize(
    ("paragraph", "title", "other"),
    [
        (f"{CODING}\nThe lottery ticket: https://arxiv.org/abs/1803.03635",
         "Emergence of simple-cell receptive field properties", "arxiv:1803.03635"),
        (f"- {CODING}\n  The lottery ticket, arXiv:1803.03635",
         "Emergence of simple-cell receptive field properties", "arxiv:1803.03635"),
        ("Vaswani et al. Attention is all you need. NeurIPS 2017.\nBERT: https://arxiv.org/abs/1810.04805",
         "Attention is all you need", "arxiv:1810.04805"),
        ("Kaplan J, et al. Scaling laws for neural language models, 2020.\nGrokking paper https://arxiv.org/abs/2201.02177",
         "Scaling laws for neural language models", "arxiv:2201.02177"),
        ("Hopfield, J. J. (1982). Neural networks and physical systems. PNAS, 79(8).\nDense associative memory: doi:10.1234/abc",
         "Neural networks and physical systems", "doi:10.1234/abc"),
    ],
)  # fmt: skip
def test_a_label_with_its_address_below_a_whole_reference_is_another_work(paragraph, title, other):
    assert works(paragraph) == {("", title), (other, "")}


def test_a_reference_below_such_a_line_is_one_again():
    below = (
        "Bahdanau, Cho & Bengio, Neural machine translation by jointly learning to align, ICLR 2015"
    )
    found = works(f"{CODING}\nthe GRU one: arXiv:1406.1078\n{below}")
    assert found == {
        ("", "Emergence of simple-cell receptive field properties"),
        ("arxiv:1406.1078", ""),
        ("", "Neural machine translation by jointly learning to align"),
    }


@pytest.mark.parametrize(
    "line",
    ["", "PDF: ", "Free pdf here: ", "Available at ", "arXiv: ", "Preprint, ", "NeurIPS version: ", "paper: ",
     "Rethinking generalization: ", "code and data: ", "see also "],
)  # fmt: skip
def test_an_address_of_the_reference_above_stays_its_own(line):
    title = "Understanding deep learning requires rethinking generalization"
    assert works(f"{ZHANG}\n{line}https://arxiv.org/abs/1611.03530") == {
        ("arxiv:1611.03530", title)
    }


@pytest.mark.parametrize(
    "paragraph",
    [
        "Jacot, A., Gabriel, F., Hongler, C. Neural tangent kernel: Convergence and\n"
        "generalization in neural networks. NeurIPS 2018. https://arxiv.org/abs/1806.07572",
        "Jacot et al. 2018.\nNeural Tangent Kernel and Generalization in Networks: https://arxiv.org/abs/1806.07572",
        "Jacot, A. (2018). Neural tangent kernel.\n"
        "Advances in Neural Information Processing Systems https://arxiv.org/abs/1806.07572",
        "- Jacot et al. 2018, Neural tangent kernel\n  convergence: https://arxiv.org/abs/1806.07572",
    ],
)  # fmt: skip
def test_a_reference_that_goes_on_is_one(paragraph):
    assert len(works(paragraph)) == 1


def test_many_lines_take_time_in_proportion():
    seconds = []
    for count in (100, 400):
        start = time.process_time()
        works("\n".join(["Olshausen"] + [f"https {i} doi:10.1/{i}" for i in range(count)]))
        seconds.append(time.process_time() - start)
    assert seconds[1] < 12 * seconds[0] + 1
