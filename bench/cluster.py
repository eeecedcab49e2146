#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""cluster.py <nsqlookupd>

What a cluster costs: two members, later three, and an etcd, all on the loopback. Prints how long a
change takes from one member to another, how long the first reading of 1,000 producers with 50
registrations each takes, and what 1,000 REGISTER a second cost. Needs etcd and etcdctl.
"""
import json
import os
import re
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHANGES = 1000
PRODUCERS = 1000
REGISTRATIONS = 50
RATE = 1000
SECONDS = 10


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def until(condition, seconds=60):
    began = time.perf_counter()
    while not condition():
        if time.perf_counter() - began > seconds:
            sys.exit("cluster.py: waited too long")
        time.sleep(0.001)
    return time.perf_counter() - began


class Process:
    def __init__(self, command, log):
        with open(log, "wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)

    def cpu(self):
        """Seconds of CPU time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self):
        self.process.kill()
        self.process.wait()


class Etcd(Process):
    def __init__(self, directory):
        self.url = f"http://127.0.0.1:{free_port()}"
        peers = f"http://127.0.0.1:{free_port()}"
        super().__init__(
            ["etcd", f"--data-dir={directory}/etcd", "--log-level=error",
             f"--listen-client-urls={self.url}", f"--advertise-client-urls={self.url}",
             f"--listen-peer-urls={peers}", f"--initial-advertise-peer-urls={peers}",
             f"--initial-cluster=default={peers}"], f"{directory}/etcd.log")

    def status(self):
        answer = subprocess.run(
            ["etcdctl", f"--endpoints={self.url}", "endpoint", "status", "-w", "json"],
            env={**os.environ, "ETCDCTL_API": "3"}, capture_output=True, text=True, check=True)
        return json.loads(answer.stdout)[0]["Status"]

    def bytes_written(self):
        text = Path(f"/proc/{self.process.pid}/io").read_text()
        return int(re.search(r"^write_bytes: (\d+)$", text, re.MULTILINE)[1])


class Member(Process):
    def __init__(self, name, etcd, directory):
        log = f"{directory}/{name}.log"
        super().__init__(
            [sys.argv[1], "-tcp-address=127.0.0.1:0", "-http-address=127.0.0.1:0",
             "-access-log=off", f"-cluster-etcd-endpoints={etcd.url}",
             f"-cluster-node-id={name}"], log)
        ports = {}

        def listens():
            found = re.findall(r"(TCP|HTTP): listening on .*:(\d+)\n", Path(log).read_text())
            ports.update(found)
            return len(ports) == 2
        until(listens)
        self.tcp = int(ports["TCP"])
        self.http = socket.create_connection(("127.0.0.1", int(ports["HTTP"])))

    def get(self, path):
        self.http.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.http.recv(65536)
        head, _, body = answer.partition(b"\r\n\r\n")
        size = int(re.search(rb"content-length: (\d+)", head, re.IGNORECASE)[1])
        while len(body) < size:
            body += self.http.recv(65536)
        return body

    def is_synced(self):
        return json.loads(self.get("/cluster"))["synced"]

    def knows(self, producers):
        return len(json.loads(self.get("/nodes"))["producers"]) == producers


class Producer:
    def __init__(self, member, name):
        self.connection = socket.create_connection(("127.0.0.1", member.tcp))
        said = json.dumps({"broadcast_address": name, "hostname": name, "tcp_port": 4150,
                           "http_port": 4151, "version": "1.3.0"}).encode()
        self.connection.sendall(b"  V1IDENTIFY\n" + struct.pack(">I", len(said)) + said)
        self.read_reply()

    def read(self, size):
        data = b""
        while len(data) < size:
            data += self.connection.recv(size - len(data)) or sys.exit("cluster.py: cut off")
        return data

    def read_reply(self):
        return self.read(struct.unpack(">I", self.read(4))[0])

    def register(self, *registrations):
        """The replies are still to be read."""
        self.connection.sendall(b"".join(f"REGISTER {each}\n".encode() for each in registrations))


def measure_changes(first, second):
    producer = Producer(first, "changing")
    times = []
    for number in range(CHANGES):
        began = time.perf_counter()
        producer.register(f"change{number}")
        while b"changing" not in second.get(f"/lookup?topic=change{number}"):
            pass
        times.append(1000 * (time.perf_counter() - began))
        producer.read_reply()
    cuts = statistics.quantiles(times, n=100)
    print(f"a change is visible at the other member: p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms, "
          f"worst of {CHANGES} {max(times):.1f} ms")
    producer.connection.close()
    until(lambda: second.knows(0))


def connect_producers(first, second):
    began = time.perf_counter()
    producers = [Producer(first, f"nsqd-{number}") for number in range(PRODUCERS)]
    for number, each in enumerate(producers):
        each.register(*(f"topic{(7 * number + n) % 500} archive" for n in range(REGISTRATIONS)))
    for each in producers:
        for _ in range(REGISTRATIONS):
            each.read_reply()
    took = time.perf_counter() - began
    later = until(lambda: second.knows(PRODUCERS) and second.is_synced())
    print(f"{PRODUCERS} producers with {REGISTRATIONS} registrations each: connected in "
          f"{took:.2f} s, at the other member {later:.2f} s after that")
    return producers


def measure_rate(etcd, members, producers):
    before = etcd.status()["header"]["revision"], etcd.bytes_written()
    cpu = [each.cpu() for each in (*members, etcd)]
    began = time.perf_counter()
    sent = 0
    while (passed := time.perf_counter() - began) < SECONDS:
        while sent < passed * RATE:
            number, turn = sent % len(producers), sent // len(producers)
            producers[number].register(f"rate{turn} channel{number % 10}")
            producers[number].read_reply()
            sent += 1
        time.sleep(0.001)
    time.sleep(1)
    used = [each.cpu() - was for each, was in zip((*members, etcd), cpu)]
    writes = etcd.status()["header"]["revision"] - before[0]
    size = etcd.bytes_written() - before[1]
    shares = ", ".join(f"{name} {100 * each / SECONDS:.1f} %" for name, each in
                       zip(("their member", "another", "a third", "etcd"), used))
    print(f"{sent / SECONDS:.0f} REGISTER/s: etcd makes {writes / SECONDS:.0f} revisions and writes "
          f"{size / SECONDS / 1e6:.2f} MB a second; CPU: {shares}")


def measure_rest(members):
    time.sleep(2)
    cpu = [each.cpu() for each in members]
    time.sleep(SECONDS)
    used = ", ".join(f"{100 * (each.cpu() - was) / SECONDS:.2f} %"
                     for each, was in zip(members, cpu))
    print(f"CPU of the members while nothing changes: {used}")


def main():
    processes = []
    with tempfile.TemporaryDirectory() as directory:
        try:
            etcd = Etcd(directory)
            processes.append(etcd)
            first, second = (Member(name, etcd, directory) for name in ("a", "b"))
            processes += [first, second]
            until(lambda: first.is_synced() and second.is_synced())
            measure_changes(first, second)
            producers = connect_producers(first, second)
            began = time.perf_counter()
            third = Member("c", etcd, directory)
            processes.append(third)
            until(lambda: third.is_synced() and third.knows(PRODUCERS))
            print(f"a new member has read all {time.perf_counter() - began:.2f} s after its start")
            measure_rate(etcd, (first, second, third), producers)
            measure_rest((first, second, third))
            print(f"etcd's data: {etcd.status()['dbSize'] / 1e6:.1f} MB")
        finally:
            for each in processes:
                each.kill()


main()
