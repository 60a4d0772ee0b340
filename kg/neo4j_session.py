"""The connection to a Neo4j server: one transaction a thread, retries, and what the driver's errors mean.

This is the one home of the `neo4j` driver.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import neo4j
from neo4j import exceptions

from kg.neo4j_gate import Gate
from ontology.errors import Conflict, InvalidInput, StoreUnavailable

T = TypeVar("T")
OLDEST: Final = (5, 23)
"""The first version that knows subqueries as they are written here (`CALL (variable) { ... }`)."""

SECURITY: Final = "Neo.ClientError.Security."


@dataclass(frozen=True, slots=True)
class Login:
    """Where a server listens and who asks: a Bolt address, a name, a password, a database."""

    address: str
    user: str = "neo4j"
    password: str = ""
    database: str = "neo4j"

    def __repr__(self) -> str:
        return f"Login({self.user}@{self.address}/{self.database})"  # never the password


Statements = neo4j.Transaction | neo4j.ManagedTransaction
"""A transaction that statements are sent in."""


def rows(tx: Statements, query: str, **parameters: Any) -> list[list[Any]]:
    """The rows that a statement answers with. Values go as parameters, never into the text of the statement."""
    return [record.values() for record in tx.run(query, parameters)]


def write(tx: Statements, query: str, **parameters: Any) -> None:
    """Run a statement for what it changes."""
    tx.run(query, parameters).consume()


@contextmanager
def translated(login: Login) -> Iterator[None]:
    """Raise the project's errors in place of the driver's."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise InvalidInput(f"not valid Unicode text at position {error.start}: {error.object[:60]!r}") from error
    except OverflowError as error:
        raise InvalidInput(f"the Neo4j server cannot keep this: {error}") from error
    except (exceptions.Neo4jError, exceptions.DriverError) as error:
        raise _meaning(login, error) from error


def _meaning(login: Login, error: exceptions.Neo4jError | exceptions.DriverError) -> Exception:
    where, code, said = f"the Neo4j server at {login.address}", getattr(error, "code", None) or "", _first_line(error)
    if isinstance(error, exceptions.AuthError) or code.startswith(SECURITY):
        return StoreUnavailable(f"{where} refuses the user {login.user!r}: {said}")
    if isinstance(error, exceptions.IncompleteCommit):
        return StoreUnavailable(
            f"{where} went away while it was keeping something, which may or may not be there; do it again: {said}"
        )
    if "Deadlock" in code or "LockAcquisition" in code or "LockClient" in code:
        return Conflict(f"somebody else is writing to {where}; try again when they are done ({said})")
    if isinstance(error, exceptions.ConstraintError):
        return InvalidInput(f"{where} cannot keep this: {said}")
    if isinstance(error, (exceptions.ServiceUnavailable, exceptions.SessionExpired)):
        return StoreUnavailable(f"{where} cannot be reached: {said}")
    if isinstance(error, exceptions.ConfigurationError):
        return InvalidInput(f"{login.address!r} is no address of a Neo4j server, such as bolt://127.0.0.1:7687: {said}")
    return StoreUnavailable(f"{where} cannot do this: {said}")


def _first_line(error: Exception) -> str:
    message = getattr(error, "message", None) or str(error) or type(error).__name__
    return str(message).partition("\n")[0][:400]


class Connection:
    """A driver for one process, opened again after a fork, and the transaction that each thread stands in.

    `patience` is how many seconds to wait for an answer to the first knock, and to try again what failed in passing.
    """

    def __init__(self, login: Login, patience: float) -> None:
        self.login = login
        self._patience = patience
        self._gate = Gate()
        self._local = threading.local()
        self._lock = threading.Lock()
        self._closed = False
        self._driver = self._connect()
        self._process = os.getpid()

    def _connect(self) -> neo4j.Driver:
        with translated(self.login):
            _knock(self.login, self._patience)
            driver = neo4j.GraphDatabase.driver(
                self.login.address,
                auth=(self.login.user, self.login.password),
                connection_timeout=self._patience,
                connection_acquisition_timeout=2 * self._patience,
                max_transaction_retry_time=self._patience,
                notifications_min_severity="OFF",
            )
            try:
                # Only a statement shows that a password is out of date, or that a database is not there.
                driver.execute_query("RETURN 1", database_=self.login.database)
            except BaseException:
                driver.close()
                raise
        return driver

    def _session(self, access: str) -> neo4j.Session:
        if self._closed:
            raise StoreUnavailable(f"the connection to {self.login.address} is closed")
        with self._lock:
            if self._process != os.getpid():
                # What the parent opened is kept but neither used nor closed here: both ends would read one stream.
                self._inherited, self._local, self._gate = self._driver, threading.local(), Gate()
                self._driver, self._process = self._connect(), os.getpid()
        return self._driver.session(database=self.login.database, default_access_mode=access, fetch_size=2000)

    def _open_transaction(self) -> neo4j.Transaction | None:
        if self._closed:
            raise StoreUnavailable(f"the connection to {self.login.address} is closed")
        return getattr(self._local, "transaction", None) if self._process == os.getpid() else None

    def reading(self, work: Callable[[Statements], T]) -> T:
        """What `work` reads in a transaction: that of the block the thread stands in, else one of its own."""
        with translated(self.login):
            block = self._open_transaction()
            if block is not None:
                return work(block)
            with self._session(neo4j.READ_ACCESS) as session, self._gate.reading():
                return session.execute_read(work)

    def writing(self, work: Callable[[Statements], T]) -> T:
        """Let `work` write: in the block the thread stands in, else in a transaction that is tried again if need be."""
        with translated(self.login):
            block = self._open_transaction()
            if block is not None:
                return work(block)
            closed: list[bool] = []

            def kept(tx: Statements) -> T:
                _take_turn(tx)
                result = work(tx)
                if not closed:
                    self._gate.close()
                    closed.append(True)
                return result

            with self._session(neo4j.WRITE_ACCESS) as session:
                try:
                    return session.execute_write(kept)
                finally:
                    if closed:
                        self._gate.open()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction for all that is written in the block. An inner block joins the outer one."""
        if self._open_transaction() is not None:
            yield
            return
        with self._session(neo4j.WRITE_ACCESS) as session:
            with translated(self.login):
                block = session.begin_transaction()
            try:
                with translated(self.login):
                    _take_turn(block)
                self._local.transaction = block
                yield
                with translated(self.login):
                    self._commit(block)
            finally:
                self._local.transaction = None
                with translated(self.login):
                    block.close()  # undoes what was not committed

    def _commit(self, block: neo4j.Transaction) -> None:
        self._gate.close()
        try:
            block.commit()
        finally:
            self._gate.open()

    def alone(self, statement: str) -> list[list[Any]]:
        """What a statement answers that must stand alone in its transaction, such as one that makes an index."""
        with translated(self.login), self._session(neo4j.WRITE_ACCESS) as session:
            return [record.values() for record in session.run(statement)]

    def close(self) -> None:
        """Close the connections; closing twice is no error."""
        self._closed = True
        if self._process == os.getpid():
            self._driver.close()


def _take_turn(tx: Statements) -> None:
    """Wait until no other program writes: whoever writes holds this node until the end of the transaction."""
    write(tx, "MATCH (store:Crossmedia {id: 'store'}) SET store.writes = coalesce(store.writes, 0) + 1")


def _knock(login: Login, patience: float) -> None:
    """Raise the project's errors unless a Neo4j that is new enough answers, and lets in who asks.

    The driver for it asks for nothing that an old server does not know.
    """
    if not re.match(r"(bolt|neo4j)(\+s|\+ssc)?://[^/]", login.address):
        raise InvalidInput(f"{login.address!r} is no address of a Neo4j server, such as bolt://127.0.0.1:7687")
    auth = (login.user, login.password)
    try:
        with neo4j.GraphDatabase.driver(login.address, auth=auth, connection_timeout=patience) as driver:
            driver.verify_connectivity()
            agent = driver.get_server_info().agent
    except ValueError as error:
        raise StoreUnavailable(f"the Neo4j server at {login.address} cannot be reached: {error}") from error
    match = re.fullmatch(r"Neo4j/(\d+)\.(\d+).*", agent)
    if match is None or (int(match[1]), int(match[2])) < OLDEST:  # newer ones count by year
        oldest = ".".join(map(str, OLDEST))
        raise StoreUnavailable(f"the server at {login.address} is {agent}; what is needed is Neo4j {oldest} or newer")


def change_first_password(login: Login) -> None:
    """Give a new server, which has the password `neo4j`, that of `login`."""
    with translated(login):
        driver = neo4j.GraphDatabase.driver(login.address, auth=(login.user, "neo4j"))
        with driver, driver.session(database="system") as session:
            session.run("ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new", new=login.password).consume()
