"""Components, ranks, communities, paths and layouts: known answers on named graphs, and networkx on made ones."""

from itertools import pairwise
from math import log, prod

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.network import Edge, Network, Node
from kg.network_communities import communities, modularity
from kg.network_layout import LARGEST, layout
from kg.network_matrix import components, matrix_of, pagerank, snapshot
from kg.network_paths import STEP, best_paths
from ontology.errors import InvalidInput, NotFound

Triples = list[tuple[int, int, float]]
heavy = st.integers(1, 100).map(lambda number: number / 100)
triples = st.integers(1, 9).flatmap(
    lambda count: st.lists(
        st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), heavy), max_size=24
    ).map(lambda edges: (count, edges))
)  # fmt: skip


def matrix(count: int, edges: Triples):
    return matrix_of(count, [a for a, _, _ in edges], [b for _, b, _ in edges], [w for *_, w in edges])[0]


def simple(count: int, edges: Triples) -> nx.Graph:
    """The same graph by a plain loop: the heaviest edge of each two nodes."""
    graph = nx.Graph()
    graph.add_nodes_from(range(count))
    for one, other, weight in edges:
        if one != other and weight > graph.get_edge_data(one, other, {"weight": 0})["weight"]:
            graph.add_edge(one, other, weight=weight)
    return graph


def network(count: int, edges: Triples) -> Network:
    nodes = tuple(Node("object", f"{at:02}", str(at), {}) for at in range(count))
    made = tuple(
        Edge(f"e{at:03}", nodes[one].key, nodes[other].key, "link", weight, {"reason": f"because {at}"})
        for at, (one, other, weight) in enumerate(edges)
    )
    return Network(nodes, made)


def karate() -> tuple[int, Triples]:
    graph = nx.karate_club_graph()
    return 34, [(one, other, float(weight)) for one, other, weight in graph.edges(data="weight")]


@given(triples)
@settings(deadline=None)
def test_the_matrix_holds_the_heaviest_edge_of_each_two(made: tuple[int, Triples]) -> None:
    graph = simple(*made)
    found = snapshot(network(*made))
    expected = nx.to_numpy_array(graph, nodelist=range(made[0]))
    assert np.array_equal(found.weights.toarray(), expected)
    edges = network(*made).edges
    for row in range(made[0]):
        for entry in range(found.weights.indptr[row], found.weights.indptr[row + 1]):
            assert edges[found.edge[entry]].weight == found.weights.data[entry]


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_impossible_weights_are_refused(weight: float) -> None:
    with pytest.raises(InvalidInput):
        matrix(2, [(0, 1, weight)])


@given(triples)
@settings(deadline=None)
def test_components_are_those_of_networkx(made: tuple[int, Triples]) -> None:
    label = components(matrix(*made))
    groups = {frozenset(np.flatnonzero(label == number).tolist()) for number in range(label.max() + 1)}
    assert groups == set(map(frozenset, nx.connected_components(simple(*made))))
    assert label[0] == 0


@given(triples, st.sets(st.integers(0, 8), max_size=3))
@settings(deadline=None)
def test_ranks_are_those_of_networkx(made: tuple[int, Triples], start: set[int]) -> None:
    chosen = [node for node in sorted(start) if node < made[0]]
    personal = {node: float(node in chosen) for node in range(made[0])} if chosen else None
    expected = nx.pagerank(simple(*made), tol=1e-13, max_iter=2000, personalization=personal, dangling=personal)
    found = pagerank(matrix(*made), chosen)
    assert found == pytest.approx([expected[node] for node in range(made[0])], abs=1e-8)
    assert found.sum() == pytest.approx(1)


def test_ranks_near_a_start_are_higher_and_a_wrong_damping_is_refused() -> None:
    found = pagerank(matrix(*karate()), [33])
    assert found.argmax() == 33
    assert found[32] > found[11]
    with pytest.raises(InvalidInput):
        pagerank(matrix(*karate()), damping=1.0)


def test_the_karate_club_falls_into_its_communities() -> None:
    weights = matrix(*karate())
    label = communities(weights)
    assert modularity(weights, label) > 0.443
    assert label.max() + 1 == 4
    assert label[0] == 0
    assert label[33] == label[32] != label[0]
    assert np.array_equal(label, communities(weights)), "the same each time"


def test_cliques_in_a_ring_are_communities() -> None:
    graph = nx.ring_of_cliques(12, 6)
    label = communities(matrix(72, [(one, other, 1.0) for one, other in graph.edges]))
    assert label.tolist() == [at // 6 for at in range(72)]


@given(triples, st.integers(0, 3))
@settings(deadline=None)
def test_communities_are_no_worse_than_components(made: tuple[int, Triples], seed: int) -> None:
    weights = matrix(*made)
    label = communities(weights, seed=seed)
    assert set(label.tolist()) == set(range(label.max() + 1))
    if weights.nnz:
        groups = [set(np.flatnonzero(label == number).tolist()) for number in range(label.max() + 1)]
        expected = nx.community.modularity(simple(*made), groups)
        assert modularity(weights, label) == pytest.approx(expected)
        assert expected >= modularity(weights, np.arange(made[0])) - 1e-9
        part = components(weights)
        assert all(len(set(part[sorted(group)].tolist())) == 1 for group in groups)
    else:
        assert label.tolist() == list(range(made[0]))


def test_communities_are_as_good_as_those_of_networkx() -> None:
    graph = nx.planted_partition_graph(12, 25, 0.3, 0.01, seed=3)
    weights = matrix(300, [(one, other, 1.0) for one, other in graph.edges])
    peers = [nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=seed)) for seed in range(5)]
    assert modularity(weights, communities(weights)) >= min(peers) - 0.005


# Paths.


def test_the_surest_path_and_the_next_without_its_edges() -> None:
    made = network(4, [(0, 1, 0.9), (1, 3, 0.9), (0, 2, 0.5), (2, 3, 0.9), (0, 3, 0.7)])
    found = best_paths(made, snapshot(made), "object:00", "object:03", 5)
    assert [path.nodes for path in found] == [
        ("object:00", "object:01", "object:03"), ("object:00", "object:03"), ("object:00", "object:02", "object:03"),
    ]  # fmt: skip
    assert [path.weight for path in found] == pytest.approx([0.81, 0.7, 0.45])
    assert [edge.attributes["reason"] for edge in found[0].edges] == ["because 0", "because 1"]


def test_fewer_steps_are_taken_unless_more_are_clearly_surer() -> None:
    made = network(4, [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (0, 3, 0.92)])
    (found,) = best_paths(made, snapshot(made), "object:00", "object:03")
    assert found.nodes == ("object:00", "object:03")


@given(triples, st.integers(0, 8), st.integers(0, 8))
@settings(deadline=None)
def test_paths_are_as_sure_as_those_of_networkx(made: tuple[int, Triples], start: int, end: int) -> None:
    count, edges = made
    start, end = start % count, end % count
    graph, whole = simple(count, edges), network(count, edges)
    keys = [node.key for node in whole.nodes]
    if start == end:
        with pytest.raises(InvalidInput):
            best_paths(whole, snapshot(whole), keys[start], keys[end])
        return
    found = best_paths(whole, snapshot(whole), keys[start], keys[end], 9)
    if not nx.has_path(graph, start, end):
        assert found == []
        return
    cost = nx.dijkstra_path_length(graph, start, end, lambda a, b, d: STEP - log(d["weight"]))
    assert -log(found[0].weight) + STEP * len(found[0].edges) == pytest.approx(cost)
    used: set[str] = set()
    for path in found:
        assert (path.nodes[0], path.nodes[-1]) == (keys[start], keys[end])
        assert path.weight == pytest.approx(prod(edge.weight for edge in path.edges))
        for (one, other), edge in zip(pairwise(path.nodes), path.edges, strict=True):
            assert {one, other} == {edge.source, edge.target}
        assert used.isdisjoint(edge.id for edge in path.edges)
        used |= {edge.id for edge in path.edges}


def test_a_node_that_is_not_there_is_named() -> None:
    made = network(2, [(0, 1, 0.5)])
    with pytest.raises(NotFound, match="nobody"):
        best_paths(made, snapshot(made), "object:nobody", "object:01")


# Layouts.


def test_a_layout_is_bounded_the_same_each_time_and_near_is_linked() -> None:
    count, edges = karate()
    place = layout(matrix(count, edges))
    assert place.shape == (34, 2)
    assert np.abs(place).max() == 1
    assert np.array_equal(place, layout(matrix(count, edges)))
    distance = np.linalg.norm(place[:, None] - place[None, :], axis=2)
    linked = np.mean([distance[one, other] for one, other, _ in edges])
    assert linked < 0.8 * distance[~np.eye(34, dtype=bool)].mean()
    assert distance[~np.eye(34, dtype=bool)].min() > 0.01, "nodes do not lie on each other"


@pytest.mark.parametrize("count", [0, 1, 2])
def test_small_layouts(count: int) -> None:
    assert np.isfinite(layout(matrix(count, []))).all()


def test_too_much_to_draw_is_refused() -> None:
    with pytest.raises(InvalidInput, match=str(LARGEST)):
        layout(matrix(LARGEST + 1, []))
