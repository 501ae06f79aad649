import asyncio
import subprocess
import sys

import psutil

from benchmarks import tree
from benchmarks.tree import Holding

PROGRAM = """
import socket, subprocess, sys, threading
child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
threading.Thread(target=threading.Event().wait, daemon=True).start()
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(server.getsockname())
print(server.getsockname()[1], flush=True)
sys.stdin.readline()
child.wait()
sys.stdin.read()
"""


def test_a_tree_is_counted_with_its_children() -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        port = int(process.stdout.readline())
        held = tree.holding(process.pid)
        assert (held.processes, held.threads, held.connections) == (2, 3, 1)
        assert held.descriptors > 8
        assert 0 < held.pss_bytes <= held.rss_bytes
        assert tree.resident_bytes(process.pid) > 1_000_000
        assert tree.listener(port) == process.pid
        assert not asyncio.run(tree.alone(process.pid, 0.0))
        psutil.Process(process.pid).children()[0].kill()
        process.stdin.write("reap\n")
        process.stdin.flush()
        assert asyncio.run(tree.alone(process.pid, 30.0))
        process.stdin.close()


def test_what_is_over_is_never_negative() -> None:
    assert Holding(3, 5, 10, 2).over(Holding(2, 6, 10, 0)) == Holding(1, 0, 0, 2)
