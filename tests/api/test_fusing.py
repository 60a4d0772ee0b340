from api.fusing import add, once


def test_links_of_one_sense_count_once_and_all_reasons_stay():
    look, words = ("neighbour", "image"), ("neighbour", "words")
    found = {}
    entries = [
        (look, "a", 0.4, "colours"), (look, "a", 0.5, "look"), (words, "a", 0.5, "words"), (look, "b", 0.4, "colours"),
    ]  # fmt: skip
    for key, score, reason in once(entries):
        add(found, key, score, reason)
    assert (found["a"].score, found["b"].score) == (0.75, 0.4)
    assert set(found["a"].reasons) == {"colours", "look", "words"}
