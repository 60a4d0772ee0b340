"""Loops over single vectors, written such that a compiler makes full use of the processor's wide registers."""

from __future__ import annotations

from numba import njit


@njit(cache=True, nogil=True, fastmath=True)
def largest(values):  # type: ignore[no-untyped-def]
    """Largest size. Eight at a time: one after another waits for the one before."""
    whole = len(values) // 8 * 8
    a = b = c = d = e = f = g = h = abs(values[0])
    for k in range(0, whole, 8):
        a, b = max(a, abs(values[k])), max(b, abs(values[k + 1]))
        c, d = max(c, abs(values[k + 2])), max(d, abs(values[k + 3]))
        e, f = max(e, abs(values[k + 4])), max(f, abs(values[k + 5]))
        g, h = max(g, abs(values[k + 6])), max(h, abs(values[k + 7]))
    a = max(max(max(a, b), max(c, d)), max(max(e, f), max(g, h)))
    for k in range(whole, len(values)):
        a = max(a, abs(values[k]))
    return a


@njit(cache=True, nogil=True, fastmath=True)
def take_out(values, rows, weights, m):  # type: ignore[no-untyped-def]
    """values -= weights[:m] @ rows[:m], in place. Four rows at a time: `values` is read and written once for them."""
    whole = m // 4 * 4
    for r in range(0, whole, 4):
        a, b, c, d = rows[r], rows[r + 1], rows[r + 2], rows[r + 3]
        p, q, s, t = weights[r], weights[r + 1], weights[r + 2], weights[r + 3]
        for k in range(len(values)):
            values[k] -= p * a[k] + q * b[k] + s * c[k] + t * d[k]
    for r in range(whole, m):
        own, weight = rows[r], weights[r]
        for k in range(len(values)):
            values[k] -= weight * own[k]
