"""The proof itself: a changed character, score or filing is seen; what may differ is not."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.reliability import same_results


def snapshot() -> dict:
    """A small snapshot of a library."""
    result = {"rank": 1, "score": 3.25, "work": {"id": "arxiv:1"}, "page": 2}
    return {
        "passages": {"arxiv:1 | sha | 0": {"row": 0, "page": 1, "text": "Flat minima are wide."}},
        "filing": {"arxiv:1": {"noted": [["Theory", "Minima"]], "confidence": 0.5}},
        "searches": {"passages: flat": {"code": 0, "errors": "", "data": [result]}},
        "works in order": {"ids": ["arxiv:1", "arxiv:2"]},
        "vectors": {},
    }


def save(path: Path, sections: dict, vectors: dict[str, np.ndarray] | None = None) -> Path:
    """Write a snapshot as the script does."""
    vectors = vectors or {"a": np.array([0.5, 0.25], np.float16), "b": np.array([1, 0], np.float16)}
    sections["vectors"] = {n: same_results.digest(v.tobytes()) for n, v in vectors.items()}
    same_results.write_json(path, sections)
    stacked = np.array(list(vectors.values()))
    np.savez(same_results.vectors_path(path), names=np.array(list(vectors)), vectors=stacked)
    return path


def differences(tmp_path: Path, changed: dict, **slack: float) -> dict[str, list[str]]:
    """What the comparison of the small snapshot with a changed one says."""
    old, new = save(tmp_path / "old.json", snapshot()), save(tmp_path / "new.json", changed)
    return same_results.compare(old, new, **slack).differences


def test_equal_snapshots_are_the_same(tmp_path, capsys):
    old, new = save(tmp_path / "old.json", snapshot()), save(tmp_path / "new.json", snapshot())
    assert same_results.main(["compare", str(old), str(new)]) == 0
    assert capsys.readouterr().out == "the same\n"


def test_one_changed_character_of_a_passage_is_seen(tmp_path):
    changed = snapshot()
    changed["passages"]["arxiv:1 | sha | 0"]["text"] = "Flat minima are wide!"
    [text] = differences(tmp_path, changed)["passages"]
    assert text.startswith("arxiv:1 | sha | 0: text: ")
    assert "wide.' → " in text
    assert text.endswith("wide!'")


def test_one_changed_score_is_seen_unless_it_is_within_what_is_allowed(tmp_path):
    changed = snapshot()
    changed["searches"]["passages: flat"]["data"][0]["score"] = 3.250001
    assert "data[0].score" in differences(tmp_path, changed)["searches"][0]
    assert differences(tmp_path, changed, figures=1e-4) == {}


def test_another_filing_is_seen(tmp_path):
    changed = snapshot()
    changed["filing"]["arxiv:1"]["noted"][0][1] = "Valleys"
    assert "noted[0][1]: 'Minima' → 'Valleys'" in differences(tmp_path, changed)["filing"][0]


@pytest.mark.parametrize("kind", ["passages", "filing", "searches"])
def test_what_is_gone_or_added_is_seen(tmp_path, kind):
    changed = snapshot()
    [name] = changed[kind]
    changed[kind] = {name + "x": changed[kind][name]}
    found = differences(tmp_path, changed)
    assert (found[f"{kind}, gone"], found[f"{kind}, added"]) == ([name], [name + "x"])


def test_another_order_or_a_whole_kind_gone_is_seen(tmp_path):
    changed = snapshot()
    changed["works in order"]["ids"].reverse()
    del changed["filing"]
    assert set(differences(tmp_path, changed)) == {"works in order", "filing"}


def test_another_order_of_items_is_seen(tmp_path):
    one, two = snapshot(), snapshot()
    one["links"] = {"a": ["b"], "c": ["d"]}
    two["links"] = {"c": ["d"], "a": ["b"]}
    old, new = save(tmp_path / "old.json", one), save(tmp_path / "new.json", two)
    assert set(same_results.compare(old, new).differences) == {"links, order"}


def test_a_figure_that_became_a_text_or_a_truth_value_is_seen(tmp_path):
    changed = snapshot()
    changed["passages"]["arxiv:1 | sha | 0"]["page"] = True
    changed["filing"]["arxiv:1"]["confidence"] = "0.5"
    assert set(differences(tmp_path, changed)) == {"passages", "filing"}


def test_vectors_within_rounding_are_told_and_others_differ(tmp_path):
    near, far = (np.array([0.5 + step, 0.25], np.float16) for step in (0.0005, 0.01))
    same = {"b": np.array([1, 0], np.float16)}
    old = save(tmp_path / "old.json", snapshot())
    new = save(tmp_path / "new.json", snapshot(), {"a": near, **same})
    found = same_results.compare(old, new, vectors=1e-3)
    assert (found.differences, len(found.remarks)) == ({}, 1)
    new = save(tmp_path / "new.json", snapshot(), {"a": far, **same})
    assert set(same_results.compare(old, new, vectors=1e-3).differences) == {"vectors"}
    assert same_results.main(["compare", str(old), str(new)]) == 1


def test_vectors_of_another_snapshot_are_refused(tmp_path):
    old, new = save(tmp_path / "old.json", snapshot()), save(tmp_path / "new.json", snapshot())
    other = save(tmp_path / "x.json", snapshot(), {"a": np.zeros(2, np.float16)})
    same_results.vectors_path(other).replace(same_results.vectors_path(new))
    assert same_results.main(["compare", str(old), str(new)]) == 2


def test_places_and_digits_are_evened():
    names = [("/tmp/lib", "LIBRARY"), ("/home/me", "NOTES")]
    value = {"note:/home/me/a.md": ["/tmp/lib/pdfs", 0.12345678, float("nan"), 3, None]}
    assert same_results.even(value, names) == {
        "note:NOTES/a.md": ["LIBRARY/pdfs", 0.123457, "nan", 3, None]
    }


def test_the_folder_of_notes_is_evened_as_markdown_and_links_spell_it():
    places = same_results.notes_places(["/my.own_wörk/n/a.md", "/my.own_wörk/n/b/c.md"])
    text = r"[/my.own\_wörk/n/a.md](</my.own_w%C3%B6rk/n/a.md>) /my.own_wörk/n/b/c.md"
    assert same_results.even(text, places) == "[NOTES/a.md](<NOTES/a.md>) NOTES/b/c.md"
    assert same_results.notes_places(["a.md"]) == []


def test_the_order_in_which_services_answered_is_evened_and_their_names_are_not():
    reason = "not known to {}: check the spelling"
    one, two, other = (
        same_results.even(reason.format(names), [])
        for names in ("OpenAlex, arXiv, DBLP", "arXiv, DBLP, OpenAlex", "arXiv, DBLP")
    )
    assert one == two != other


def test_commands_run_in_one_process_and_their_outcomes_come_in_order(tmp_path, monkeypatch):
    program = """
        import json, os, sys
        here = os.path.basename(os.getcwd())
        print("no JSON" if sys.argv[1] == "text" else json.dumps([sys.argv[1:], here]))
        print("told", file=sys.stderr)
        if sys.argv[1] == "crash":
            raise ValueError("broken")
        sys.exit(int(sys.argv[2]))
    """
    lines = (line[8:] for line in program.strip("\n").splitlines())
    (tmp_path / "program.py").write_text("\n".join(lines))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    litmap = same_results.Litmap(f"{sys.executable} -m program", 2)
    calls = [["a", "0"], ["text", "3"], ["crash", "0"], ["b", "1"]]
    one, text, crash, last = litmap.run_all([(tmp_path, words) for words in calls])
    assert one == {"code": 0, "errors": "told\n", "data": [["a", "0"], tmp_path.name]}
    assert text == {"code": 3, "errors": "told\n", "text": "no JSON\n"}
    assert (crash["code"], crash["errors"]) == (70, "told\nValueError: broken\n")
    assert (last["code"], last["data"][0]) == (1, ["b", "1"])


def test_a_command_that_is_no_module_is_refused(tmp_path):
    words = ["parses", "--litmap", "litmap", str(tmp_path / "o.json"), str(tmp_path)]
    assert same_results.main(words) == 2


def test_parses_name_files_by_their_folder_not_by_the_machine(tmp_path, monkeypatch):
    (tmp_path / "program.py").write_text("import sys; print('[\"' + sys.argv[3] + '\"]')")
    notes = tmp_path / "some" / "notes"
    (notes / "deep").mkdir(parents=True)
    for name in ("a.md", "deep/b.md", ".hidden"):
        (notes / name).write_text("x")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    out = tmp_path / "o.json"
    command = f"{sys.executable} -m program"
    assert same_results.main(["parses", "--litmap", command, str(out), str(notes)]) == 0
    found = json.loads(out.read_text())
    assert list(found["files"]) == ["some/notes/a.md", "some/notes/deep/b.md"]
    assert list(found["folders"]) == ["some/notes", "some/notes/deep"]
    assert found["folders"]["some/notes/deep"]["data"] == ["deep"]
    assert str(tmp_path) not in out.read_text()
