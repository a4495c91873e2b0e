"""Times and sizes: children with what they cost, percentiles, what a folder takes."""

import os
import statistics
import subprocess
import threading
import time


class Failed(Exception):
    """A program ended with a failure; its message says which and why."""


class TookTooLong(Failed):
    """A program was ended because its time was over."""


def run_child(command, limit_s=None, **options):
    """Run to the end, or until limit_s have passed: (stdout, wall seconds, CPU seconds, peak bytes)."""
    start = time.monotonic()
    child = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
                             **options)
    is_over = threading.Event()

    def end_it():
        is_over.set()
        child.kill()

    alarm = threading.Timer(limit_s or 0, end_it)
    if limit_s:
        alarm.start()
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    alarm.cancel()
    wall = time.monotonic() - start
    if is_over.is_set():
        raise TookTooLong(f"ended after {limit_s / 60:.0f} minutes")
    if child.returncode != 0:
        raise Failed(f"{command[0]} ended with {child.returncode}")
    return output, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def peak_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def cpu_us(pid):
    """What the threads of a process have run, in microseconds, as the scheduler counts it."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total / 1000


def tree_bytes(path):
    if os.path.isfile(path):
        return os.path.getsize(path)
    return sum(os.path.getsize(os.path.join(folder, name)) for folder, _, names in os.walk(path) for name in names)


def percentile(ordered, part):
    """Of an ascending list, the value that `part` of the list does not exceed."""
    return ordered[min(len(ordered) - 1, max(0, -int(-part * len(ordered) // 1) - 1))]


def summary(times_us):
    ordered = sorted(times_us)
    mean = statistics.fmean(ordered)
    return {"mean_us": round(mean, 1), "p50_us": round(percentile(ordered, 0.50), 1),
            "p95_us": round(percentile(ordered, 0.95), 1), "p99_us": round(percentile(ordered, 0.99), 1),
            "qps": round(1e6 / mean, 1)}


def per_query_median(rounds):
    """Of several passes over the same queries, each query's median; passes may have been cut short."""
    n = min(len(times) for times in rounds)
    return [statistics.median(times[i] for times in rounds) for i in range(n)]


def machine():
    model = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cpu": model, "cores": os.cpu_count(), "memory_bytes": memory, "kernel": os.uname().release.split("-")[0],
            "load": os.getloadavg()[0]}
