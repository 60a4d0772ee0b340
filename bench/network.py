"""Networks side by side with networkx: components, ranks, communities, paths. `python -m bench.network [NODES EDGES]`.

Each line is the best of three times of both in milliseconds, and how many times as long networkx takes.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np

from kg.network import Edge, Network, Node
from kg.network_communities import communities, modularity
from kg.network_matrix import Indices, components, pagerank, snapshot
from kg.network_paths import STEP, best_paths

NODES, EDGES, GROUP, INSIDE = 20_000, 80_000, 100, 0.7


def made(nodes: int, edges: int) -> Network:
    """A network in which seven of ten edges stay in a group of a hundred nodes."""
    rng = np.random.default_rng(0)
    one, any_other = rng.integers(nodes, size=edges), rng.integers(nodes, size=edges)
    near = np.minimum(one // GROUP * GROUP + rng.integers(GROUP, size=edges), nodes - 1)
    other = np.where(rng.random(edges) < INSIDE, near, any_other)
    keys = [f"object:{at:06}" for at in range(nodes)]
    return Network(
        tuple(Node("object", f"{at:06}", "", {}) for at in range(nodes)),
        tuple(
            Edge(str(at), keys[a], keys[b], "neighbour", float(weight), {})
            for at, (a, b, weight) in enumerate(zip(one, other, 1 - rng.random(edges), strict=True))
            if a != b
        ),
    )


def best(call: Callable[[], Any]) -> tuple[float, Any]:
    """The shortest of three times in seconds, and what the call gives."""
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        answer = call()
        times.append(time.perf_counter() - begun)
    return min(times), answer


def race(what: str, own: Callable[[], Any], peer: Callable[[], Any]) -> tuple[Any, Any]:
    """Print how long both take; give what both give."""
    (own_time, own_answer), (peer_time, peer_answer) = best(own), best(peer)
    ratio = peer_time / own_time
    print(f"{what:<16}{own_time * 1000:>10.1f} ms{peer_time * 1000:>10.1f} ms networkx{ratio:>8.1f} x", flush=True)
    return own_answer, peer_answer


def groups(label: Indices) -> list[set[int]]:
    """Labels as sets of nodes."""
    order = np.argsort(label, kind="stable")
    return [set(part.tolist()) for part in np.split(order, np.flatnonzero(np.diff(label[order])) + 1)]


def main() -> None:
    """Race, and check that the answers are alike."""
    nodes, edges = map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (NODES, EDGES)
    network = made(nodes, edges)
    build, matrix = best(lambda: snapshot(network))
    weights = matrix.weights
    print(f"{nodes} nodes, {edges} edges; matrix in {build * 1000:.1f} ms")
    graph = nx.from_scipy_sparse_array(weights)
    own, peer = race("components", lambda: components(weights), lambda: list(nx.connected_components(graph)))
    assert {frozenset(group) for group in groups(own)} == set(map(frozenset, peer))
    tolerance = 1e-10
    own, peer = race("pagerank", lambda: pagerank(weights), lambda: nx.pagerank(graph, tol=tolerance / nodes))
    print(f"{'':16}greatest difference {max(abs(own[at] - peer[at]) for at in range(nodes)):.1e}")
    lengths = {(one, other): STEP - np.log(data["weight"]) for one, other, data in graph.edges(data=True)}
    nx.set_edge_attributes(graph, lengths, "length")
    start, end = matrix.keys[0], matrix.keys[-1]
    race(
        "best path",
        lambda: best_paths(network, matrix, start, end),
        lambda: nx.dijkstra_path(graph, 0, nodes - 1, "length"),
    )
    own, peer = race(
        "communities", lambda: communities(weights), lambda: nx.community.louvain_communities(graph, seed=0)
    )
    found = nx.community.modularity(graph, peer)
    print(f"{'':16}modularity {modularity(weights, own):.4f}, networkx {found:.4f}")


if __name__ == "__main__":
    main()
