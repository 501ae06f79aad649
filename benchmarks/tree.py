"""What a server's process tree holds: memory, processes, threads, descriptors, connections."""

import asyncio
import time
from dataclasses import dataclass

import psutil

POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Holding:
    """The sum over a process and all that descend from it.

    rss_bytes: resident memory; pages that processes share are counted in each.
    pss_bytes: resident memory with shared pages divided among those who share them.
    connections: open TCP connections, listening sockets not counted.
    """

    processes: int = 0
    threads: int = 0
    descriptors: int = 0
    connections: int = 0
    rss_bytes: int = 0
    pss_bytes: int = 0

    def over(self, before: "Holding") -> "Holding":
        """What there is now and was not before; nothing is below zero."""
        return Holding(
            *(
                max(0, now - then)
                for now, then in (
                    (self.processes, before.processes),
                    (self.threads, before.threads),
                    (self.descriptors, before.descriptors),
                    (self.connections, before.connections),
                    (self.rss_bytes, before.rss_bytes),
                    (self.pss_bytes, before.pss_bytes),
                )
            )
        )


def holding(pid: int) -> Holding:
    """What the tree of `pid` holds now. Raises psutil.NoSuchProcess when its root is gone."""
    root = psutil.Process(pid)
    parts = [_of(process) for process in [root, *root.children(recursive=True)]]
    return Holding(
        sum(part.processes for part in parts),
        sum(part.threads for part in parts),
        sum(part.descriptors for part in parts),
        sum(part.connections for part in parts),
        sum(part.rss_bytes for part in parts),
        sum(part.pss_bytes for part in parts),
    )


def resident_bytes(pid: int) -> int:
    """The resident memory of the tree of `pid`: cheaper than `holding`, for watching it grow."""
    root = psutil.Process(pid)
    total = 0
    for process in [root, *root.children(recursive=True)]:
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue  # it ended while we counted
    return total


def _of(process: psutil.Process) -> Holding:
    try:
        memory = process.memory_full_info()
        return Holding(
            processes=1,
            threads=process.num_threads(),
            descriptors=process.num_fds(),
            connections=sum(1 for each in process.net_connections("tcp") if each.status != psutil.CONN_LISTEN),
            rss_bytes=memory.rss,
            pss_bytes=memory.pss,
        )
    except (psutil.ZombieProcess, psutil.AccessDenied):
        # What has died and was not waited for is still there; the kernel does not tell more about it.
        return Holding(processes=1)
    except psutil.NoSuchProcess:
        return Holding()


async def alone(pid: int, limit_seconds: float) -> bool:
    """Whether the root of the tree is all that is left of it within `limit_seconds`: every host has ended."""
    deadline = time.monotonic() + limit_seconds
    while psutil.Process(pid).children(recursive=True):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(POLL_SECONDS)
    return True


def listener(port: int) -> int | None:
    """The process that listens on a TCP port of this machine, when we may know."""
    try:
        found = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return None
    pids = {each.pid for each in found if each.status == psutil.CONN_LISTEN and each.laddr and each.laddr.port == port and each.pid}
    return min(pids, default=None)
