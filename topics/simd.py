"""The inner loops of every topic model, as vector instructions: products over rows of topics, drawn from or shared out.

A *row* holds one float32 a topic, padded with zeros to a multiple of `LANES`, so that one word's row is a few whole
vectors. Numba alone would not keep such loops in vector registers, so the loops are given to LLVM as vectors of 16
floats, which it maps to whatever the processor has (AVX-512, two AVX2 registers, four of SSE or NEON).

Rows are handed over by address, since a view of a row would cost more than the arithmetic on it. Whoever calls keeps
the arrays alive: a kernel takes them as arguments and never makes them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import ArrayLike, NDArray

LANES: Final = 16
"""Floats of a vector; rows are padded to a multiple of it. A cache line holds as many."""

_FLOAT, _INT, _LONG, _BYTE = ir.FloatType(), ir.IntType(32), ir.IntType(64), ir.IntType(8)
_FLOATS, _INTS = ir.VectorType(_FLOAT, LANES), ir.VectorType(_INT, LANES)
_NONE: Final = ir.Constant(_FLOATS, [0.0] * LANES)
_FAST: Final = ("fast",)

Builder = Any
Value = Any
Generate = Callable[[Any, Builder, Any, tuple[Value, ...]], Value]


def padded(topics: int) -> int:
    """The width of a row for so many topics.

    >>> padded(50)
    64
    """
    return -(-topics // LANES) * LANES


def rows(*shape: int) -> NDArray[np.float32]:
    """Zeros whose rows begin on cache lines where the last axis is a multiple of `LANES`."""
    size = int(np.prod(shape))
    memory = np.zeros(size + LANES, dtype=np.float32)
    start = (-memory.ctypes.data % (4 * LANES)) // 4
    return memory[start : start + size].reshape(shape)


def row(topics: int, values: ArrayLike) -> NDArray[np.float32]:
    """One row that holds these values, or the same for all topics."""
    filled = rows(padded(topics))
    filled[:topics] = values
    return filled


def _at(builder: Builder, address: Value) -> Value:
    return builder.inttoptr(address, _FLOATS.as_pointer())


def _load(builder: Builder, base: Value, block: Value) -> Value:
    return builder.load(builder.gep(base, [block]), align=4)


def _store(builder: Builder, value: Value, base: Value, block: Value) -> None:
    builder.store(value, builder.gep(base, [block]), align=4)


def _shuffle(builder: Builder, left: Value, right: Value, lanes: list[int]) -> Value:
    return builder.shuffle_vector(left, right, ir.Constant(_INTS, lanes))


def _splat(builder: Builder, value: Value, vector: Any) -> Value:
    empty = ir.Constant(vector, ir.Undefined)
    return _shuffle(builder, builder.insert_element(empty, value, _INT(0)), empty, [0] * LANES)


def _each_block(
    builder: Builder, blocks: Value, step: Callable[[Value, Value | None], Value | None], start: Value | None = None
) -> Value | None:
    """A loop over the blocks of a row that hands one value on from block to block (`start` at first)."""
    before = builder.basic_block
    body, after = builder.append_basic_block("block"), builder.append_basic_block("after")
    builder.branch(body)
    builder.position_at_end(body)
    block = builder.phi(_LONG)
    block.add_incoming(_LONG(0), before)
    carried = None
    if start is not None:
        carried = builder.phi(start.type)
        carried.add_incoming(start, before)
    result = step(block, carried)
    following = builder.add(block, _LONG(1))
    block.add_incoming(following, body)
    if carried is not None:
        carried.add_incoming(result, body)
    builder.cbranch(builder.icmp_signed("<", following, blocks), body, after)
    builder.position_at_end(after)
    return result


def _sum(builder: Builder, vector: Value) -> Value:
    """All lanes added, in a fixed order."""
    half = LANES // 2
    while half:
        folded = _shuffle(builder, vector, _NONE, [lane + half if lane < half else LANES for lane in range(LANES)])
        vector, half = builder.fadd(vector, folded), half // 2
    return builder.extract_element(vector, _INT(0))


def _running_sum(builder: Builder, vector: Value) -> Value:
    """In each lane the sum of all lanes up to it."""
    step = 1
    while step < LANES:
        moved = _shuffle(builder, vector, _NONE, [lane - step if lane >= step else LANES for lane in range(LANES)])
        vector, step = builder.fadd(vector, moved), 2 * step
    return vector


@intrinsic  # type: ignore[untyped-decorator]
def draw(
    context: Any, weights: Any, row: Any, scratch: Any, blocks: Any, old: Any, own: Any, uniform: Any, topics: Any
) -> tuple[Any, Generate]:
    """Draw a topic in proportion to weights x row, topic `old` having the product `own` instead; none is -1.

    Topic t lies in lane t % 16 of block t // 16. The products are summed lane by lane over the blocks (kept in
    `scratch`), then a lane is drawn by the lanes' totals and a block by the sums within that lane: two counts of what
    lies below a threshold, without any branch that a processor could guess wrong. `uniform` lies in [0, 1).
    """

    def generate(_context: Any, builder: Builder, _signature: Any, arguments: tuple[Value, ...]) -> Value:
        weights, row, scratch, blocks, old, own, uniform, topics = arguments
        weights, row, scratch = (_at(builder, address) for address in (weights, row, scratch))
        lanes = ir.Constant(_INTS, list(range(LANES)))
        place = builder.sub(_splat(builder, builder.trunc(old, _INT), _INTS), lanes)
        own = _splat(builder, own, _FLOATS)

        def add(block: Value, total: Value | None) -> Value:
            product = builder.fmul(_load(builder, weights, block), _load(builder, row, block))
            first = _splat(builder, builder.trunc(builder.mul(block, _LONG(LANES)), _INT), _INTS)
            product = builder.select(builder.icmp_signed("==", place, first), own, product)
            total = builder.fadd(total, product)
            _store(builder, total, scratch, block)
            return total

        running = _running_sum(builder, _each_block(builder, blocks, add, _NONE))
        threshold = builder.fmul(uniform, builder.extract_element(running, _INT(LANES - 1)))
        below = builder.fcmp_ordered("<=", running, _splat(builder, threshold, _FLOATS))
        lane = builder.zext(builder.ctpop(builder.bitcast(below, ir.IntType(LANES))), _INT)
        # Rounding may count a lane too many; the last one that holds a topic is the last that can be meant.
        highest = builder.trunc(builder.sub(topics, _LONG(1)), _INT)
        highest = builder.select(builder.icmp_signed("<", highest, _INT(LANES - 1)), highest, _INT(LANES - 1))
        lane = builder.select(builder.icmp_signed("<", lane, highest), lane, highest)
        before = _shuffle(builder, running, _NONE, [LANES, *range(LANES - 1)])
        left = _splat(builder, builder.fsub(threshold, builder.extract_element(before, lane)), _FLOATS)

        def count(block: Value, found: Value | None) -> Value:
            less = builder.fcmp_ordered("<=", _load(builder, scratch, block), left)
            return builder.sub(found, builder.sext(less, _INTS))

        counts = _each_block(builder, blocks, count, ir.Constant(_INTS, [0] * LANES))
        block = builder.zext(builder.extract_element(counts, lane), _LONG)
        lane = builder.zext(lane, _LONG)
        # It may also point past the last topic of a lane.
        last = builder.sdiv(builder.sub(builder.sub(topics, _LONG(1)), lane), _LONG(LANES))
        block = builder.select(builder.icmp_signed("<", block, last), block, last)
        return builder.add(builder.mul(block, _LONG(LANES)), lane)

    whole, real = types.int64, types.float32
    return whole(whole, whole, whole, whole, whole, real, real, whole), generate


@intrinsic  # type: ignore[untyped-decorator]
def prefetch(context: Any, address: Any, lines: Any) -> tuple[Any, Generate]:
    """Ask for so many cache lines, to be written to soon."""

    def generate(context: Any, builder: Builder, _signature: Any, arguments: tuple[Value, ...]) -> Value:
        address, lines = arguments
        kind = ir.FunctionType(ir.VoidType(), [_BYTE.as_pointer(), _INT, _INT, _INT])
        fetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")

        def ask(line: Value, _: Value | None) -> None:
            place = builder.add(address, builder.mul(line, _LONG(4 * LANES)))
            builder.call(fetch, [builder.inttoptr(place, _BYTE.as_pointer()), _INT(1), _INT(3), _INT(1)])

        _each_block(builder, lines, ask)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def respread(
    context: Any, counts: Any, row: Any, own: Any, blocks: Any, amount: Any, other: Any
) -> tuple[Any, Generate]:
    """Divide a token among the topics anew, in proportion to (counts - own) x row, and give the sum of the products.

    `own` holds the token's former shares and gets the new ones; `counts` is brought up to date, for as many such tokens
    as `amount` says. `other` is what competes with the topics.
    """

    def generate(_context: Any, builder: Builder, _signature: Any, arguments: tuple[Value, ...]) -> Value:
        counts, row, own, blocks, amount, other = arguments
        counts, row, own = (_at(builder, address) for address in (counts, row, own))

        def product(block: Value) -> Value:
            rest = builder.fsub(_load(builder, counts, block), _load(builder, own, block))
            return builder.fmul(rest, _load(builder, row, block))

        def add(block: Value, total: Value | None) -> Value:
            return builder.fadd(total, product(block), flags=_FAST)

        total = builder.fadd(_sum(builder, _each_block(builder, blocks, add, _NONE)), other)
        scale = _splat(builder, builder.fdiv(_FLOAT(1.0), total), _FLOATS)
        amount = _splat(builder, amount, _FLOATS)

        def divide(block: Value, _: Value | None) -> None:
            share = builder.fmul(product(block), scale)
            change = builder.fmul(builder.fsub(share, _load(builder, own, block)), amount)
            _store(builder, share, own, block)
            _store(builder, builder.fadd(_load(builder, counts, block), change), counts, block)

        _each_block(builder, blocks, divide)
        return total

    whole, real = types.int64, types.float32
    return real(whole, whole, whole, whole, real, real), generate
