import csv

import numpy as np
import pytest

from correlate.features import image
from correlate.features.labels import TOP


def certain(*names):
    row = np.zeros((1, 1000), np.float32)
    for name, probability in names:
        row[0, image.class_names().index(name)] = probability
    return row


def test_a_certain_label_lies_where_its_name_lies(encoders):
    vector = encoders.labels.embed(certain(("taxicab", 1.0)))
    name, other = encoders.text.encode(["a photo of a taxicab", "a photo of an espresso"])
    assert vector[0] @ name == pytest.approx(1, abs=1e-4)
    assert vector[0] @ other < 0.6


def test_only_the_likeliest_labels_count_each_by_its_probability(encoders):
    rows = np.random.default_rng(0).dirichlet(np.ones(1000), 3).astype(np.float32)
    names = encoders.labels._names
    for row, vector in zip(rows, encoders.labels.embed(rows), strict=True):
        best = sorted(range(1000), key=lambda number: -row[number])[:TOP]
        expected = sum(row[number] * names[number] for number in best)
        assert vector == pytest.approx(expected / np.linalg.norm(expected), abs=1e-4)


def test_labels_join_classes_of_one_name_and_drop_the_unlikely():
    names = image.class_names()
    twice = next(name for name in names if names.count(name) == 2)
    first, second = (number for number, name in enumerate(names) if name == twice)
    row = np.full(1000, 0.0001, np.float32)
    row[first], row[second], row[names.index("taxicab")] = 0.2, 0.15, 0.09
    assert image.labels(row) == [(twice, 0.35)]
    assert [name for name, _ in image.labels(row, floor=0.05)] == [twice, "taxicab"]
    assert image.labels(row, floor=0.05, most=1) == [(twice, 0.35)]


@pytest.mark.data
def test_captions_find_their_photos_far_better_than_chance(encoders, data_dir):
    folder = data_dir / "flickr8k-1k"
    with (folder / "captions.txt").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))[:200]
    names = sorted({row["image"] for row in rows})
    photos = [image.load(folder / "images" / name) for name in names]
    _, probabilities = encoders.image.encode(photos)
    shown = encoders.labels.embed(probabilities)
    asked = encoders.text.encode([row["caption"] for row in rows])
    own = np.array([names.index(row["image"]) for row in rows])
    likeness = asked @ shown.T
    ranks = (likeness > likeness[np.arange(len(rows)), own][:, None]).sum(axis=1)
    assert (ranks < 5).mean() > 0.45  # by chance 5 of 40 photos: .125
