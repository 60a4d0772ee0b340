"""Work spread over processes, and what becomes of an item that kills its process."""

import os
import signal
import subprocess
import sys
import time

import pytest

from api.jobs import Progress, Workers, alone
from ontology.errors import Conflict


def begin(mark: str = "") -> None:
    os.environ["STARTED"] = mark


def double(batch):
    return [2 * item for item in batch]


def double_or_die(batch):
    if 13 in batch:
        os.kill(os.getpid(), signal.SIGKILL)
    return [2 * item for item in batch]


def process_ids(batch):
    return [os.getpid() for _ in batch]


def lost(item):
    return f"{item} died"


def test_without_processes_the_work_is_done_here():
    with Workers(0, begin, ("here",)) as workers:
        found = list(workers.run(process_ids, [[1, 2], [3]], lost))
    assert found == [([1, 2], [os.getpid()] * 2), ([3], [os.getpid()])]
    assert os.environ["STARTED"] == "here"


def test_every_batch_comes_back_with_its_results():
    batches = [[at, at + 1] for at in range(0, 20, 2)]
    with Workers(2, begin) as workers:
        found = list(workers.run(double, batches, lost))
    assert sorted(found) == [(batch, double(batch)) for batch in batches]


def test_an_item_that_kills_its_process_is_named_and_the_others_are_done():
    batches = [[1, 2], [12, 13, 14], [3, 4], [5, 6], [7, 8]]
    with Workers(2, begin) as workers:
        found = {tuple(batch): results for batch, results in workers.run(double_or_die, batches, lost)}
    assert found.pop((12, 13, 14)) == [24, "13 died", 28]
    assert found == {(1, 2): [2, 4], (3, 4): [6, 8], (5, 6): [10, 12], (7, 8): [14, 16]}


def test_an_error_of_the_work_itself_is_not_hidden():
    with Workers(1, begin) as workers, pytest.raises(TypeError):
        list(workers.run(double, [[object()]], lost))


def test_workers_end_when_their_parent_is_killed(tmp_path):
    script = (
        "import sys, time\n"
        "from tests.api.test_jobs import begin, process_ids, lost\n"
        "from api.jobs import Workers\n"
        "if __name__ == '__main__':\n"
        "    with Workers(1, begin) as workers:\n"
        "        for _, found in workers.run(process_ids, [[1]], lost):\n"
        "            print(found[0], flush=True)\n"
        "            time.sleep(60)\n"
    )
    path = tmp_path / "parent.py"
    path.write_text(script)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen([sys.executable, str(path)], stdout=subprocess.PIPE, env=environment)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail(f"worker {worker} outlives its parent")


def test_only_one_build_at_a_time(tmp_path):
    with alone(tmp_path), pytest.raises(Conflict, match="another build is at work"), alone(tmp_path):
        pass
    with alone(tmp_path):
        pass


def test_a_bar_counts_items_that_are_done(capsys):
    with Progress().stage("parse", 3) as bar:
        bar.update(2)
        bar.update()
    assert "parse" in capsys.readouterr().err
    with Progress(quiet=True).stage("parse", 3) as bar:
        bar.update()
    assert capsys.readouterr().err == ""
