"""What every exported correlation method must satisfy; a new one is tested by being exported."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import clone

from correlate import CrossModalModel
from ontology.errors import InvalidInput

Make = Callable[[], CrossModalModel]


def paired_views(seed: int = 0, rows: int = 120) -> dict[str, np.ndarray]:
    """Two views of shared factors with unequal widths, means that are not zero, columns of other scales, and ties."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(rows, 3))
    image = shared @ rng.normal(size=(3, 9)) + 0.3 * rng.normal(size=(rows, 9)) + 5.0
    text = shared @ rng.normal(size=(3, 6)) * 10 + rng.normal(size=(rows, 6)) - 2.0
    image[1], text[1] = image[0], text[0]
    return {"image": image, "text": text}


def labels_of(rows: int = 120, seed: int = 0) -> np.ndarray:
    """Four labels that the shared factors of `paired_views` decide, as words."""
    shared = np.random.default_rng(seed).normal(size=(rows, 3))
    return np.array(["calm", "flood", "storm", "quake"])[2 * (shared[:, 0] > 0) + (shared[:, 1] > 0)]


def fitted(make: Make, views: dict[str, np.ndarray] | None = None) -> CrossModalModel:
    """Fit on `paired_views`; methods that do not learn from labels get none."""
    model = make()
    return model.fit(paired_views() if views is None else views, labels_of() if model.supervised else None)


def _cosines(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    left = left / np.maximum(np.linalg.norm(left, axis=1, keepdims=True), 1e-12)
    right = right / np.maximum(np.linalg.norm(right, axis=1, keepdims=True), 1e-12)
    return left @ right.T


def check_shapes(make: Make) -> None:
    views = paired_views()
    model = fitted(make, views)
    widths = {model.transform(view, name).shape for name, view in views.items()}
    assert len(widths) == 1
    assert widths.pop()[0] == 120


def check_one_row_equals_batch(make: Make) -> None:
    views = paired_views()
    model = fitted(make, views)
    batch = model.transform(views["text"], "text")
    np.testing.assert_allclose(model.transform(views["text"][7:8], "text")[0], batch[7], atol=1e-9)


def check_paired_above_shuffled(make: Make) -> None:
    model = fitted(make)
    rng = np.random.default_rng(1)
    views = {name: view[:60] for name, view in paired_views().items()}
    cosines = _cosines(model.transform(views["image"], "image"), model.transform(views["text"], "text"))
    shuffled = cosines[np.arange(60), rng.permutation(60)]
    assert np.diag(cosines).mean() > shuffled.mean() + 0.3


def check_fit_leaves_input_alone(make: Make) -> None:
    views = paired_views()
    kept = {name: view.copy() for name, view in views.items()}
    model = fitted(make, views)
    model.transform(views["image"], "image")
    for name, view in views.items():
        np.testing.assert_array_equal(view, kept[name])


def check_clone_and_repeat(make: Make) -> None:
    views = paired_views()
    first, second = fitted(make, views), fitted(lambda: clone(make()), views)
    np.testing.assert_array_equal(first.transform(views["image"], "image"), second.transform(views["image"], "image"))


def check_pickle(make: Make) -> None:
    views = paired_views()
    model = fitted(make, views)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(model.transform(views["text"], "text"), again.transform(views["text"], "text"))


def check_constructor_only_stores(make: Make) -> None:
    model = make()
    assert not [name for name in vars(model) if name.endswith("_")]
    assert set(vars(model)) == set(model.get_params())


def check_errors_name_the_view(make: Make) -> None:
    views = paired_views()
    with pytest.raises(InvalidInput, match="two or more views"):
        make().fit({"image": views["image"]})
    with pytest.raises(InvalidInput, match="aligned"):
        make().fit({"image": views["image"], "text": views["text"][:5]})
    bad = views["text"].copy()
    bad[3, 2] = np.nan
    with pytest.raises(InvalidInput, match="'text' holds values that are not finite"):
        make().fit({"image": views["image"], "text": bad})
    model = fitted(make, views)
    with pytest.raises(InvalidInput, match="no view 'sound'"):
        model.transform(views["text"], "sound")
    with pytest.raises(InvalidInput, match="'text' has 6 columns, got 5"):
        model.transform(views["text"][:, :5], "text")


def check_labels_are_asked_for(make: Make) -> None:
    views, model = paired_views(), make()
    if not model.supervised:
        np.testing.assert_array_equal(
            *(make().fit(views, y).transform(views["text"], "text") for y in (None, labels_of()))
        )
        return
    with pytest.raises(InvalidInput, match=f"{type(model).__name__} learns from labels"):
        model.fit(views)
    with pytest.raises(InvalidInput, match="two labels or more"):
        make().fit(views, np.zeros(120))
    with pytest.raises(InvalidInput, match=r"labels must have shape \(120,\)"):
        make().fit(views, labels_of()[:5])


def check_score_is_above_chance(make: Make) -> None:
    model, views, labels = fitted(make), paired_views(seed=0), labels_of()
    chance = (labels[:, None] == labels[None, :]).mean()
    assert chance + 0.15 < model.score(views, labels) <= 1.0
    assert 0.0 <= model.score({name: view[:30] for name, view in views.items()}) <= 1.0


def check_order_of_rows_does_not_matter(make: Make) -> None:
    views, order = paired_views(), np.random.default_rng(5).permutation(120)
    turned = {name: view[order] for name, view in views.items()}
    model = make()
    again = make().fit(turned, labels_of()[order] if model.supervised else None)
    first, second = (
        _cosines(each.transform(views["image"], "image"), each.transform(views["text"], "text"))
        for each in (fitted(make), again)
    )
    np.testing.assert_allclose(first, second, atol=2e-2)


def check_single_precision_and_sparse_input(make: Make) -> None:
    views = {name: np.maximum(view, 0) for name, view in paired_views().items()}
    whole = fitted(make, views)
    for kind in (csr_matrix, lambda view: view.astype(np.float32)):
        other = fitted(make, {name: kind(view) for name, view in views.items()})
        first, second = (
            _cosines(model.transform(views["image"], "image"), model.transform(views["text"], "text"))
            for model in (whole, other)
        )
        np.testing.assert_allclose(first, second, atol=1e-2)


def check_a_constant_column_does_no_harm(make: Make) -> None:
    views = paired_views()
    views["text"][:, 2] = 7.0
    assert np.isfinite(fitted(make, views).transform(views["text"], "text")).all()


MODEL_CHECKS = [check for name, check in sorted(globals().items()) if name.startswith("check_")]
