#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What clients cost that ask for a lookup each second, beside clients that watch.

    bench/poll.py build/release/apps/nsqlookupd/nsqlookupd [CLIENTS [SECONDS]]

Starts the server on the loopback, with ten producers of one topic, and prints its CPU time.
"""

import asyncio
import pathlib
import re
import subprocess
import sys
import time

IDENTITY = (
    b'{"broadcast_address":"10.0.0.%d","hostname":"h","tcp_port":4150,"http_port":4151,'
    b'"version":"1.3.0"}'
)


class Server:
    def __init__(self, program):
        addresses = ["-tcp-address=127.0.0.1:0", "-http-address=127.0.0.1:0"]
        self.process = subprocess.Popen(
            [program, *addresses, "-access-log=off"], stderr=subprocess.PIPE, text=True
        )
        self.ports = {}
        while len(self.ports) < 2:
            found = re.search(r"(TCP|HTTP): listening on .*:(\d+)$", self.process.stderr.readline())
            if found:
                self.ports[found[1]] = int(found[2])
        self.tasks = pathlib.Path(f"/proc/{self.process.pid}/task")

    def cpu_seconds(self):
        return sum(int((task / "schedstat").read_text().split()[0]) for task in self.tasks.iterdir()) / 1e9

    def stop(self):
        self.process.terminate()
        self.process.communicate()

    async def connect(self, port):
        return await asyncio.open_connection("127.0.0.1", self.ports[port])

    async def add_producers(self, count):
        producers = []
        for number in range(count):
            reader, writer = await self.connect("TCP")
            body = IDENTITY % number
            writer.write(b"  V1IDENTIFY\n" + len(body).to_bytes(4, "big") + body + b"REGISTER t\n")
            await reader.readexactly(4)
            producers.append((reader, writer))
        return producers


async def poll(server, keeps_alive, start, end, answers):
    connection = None
    turn = start
    while turn < end:
        await asyncio.sleep(turn - time.monotonic())
        reader, writer = connection = connection or await server.connect("HTTP")
        writer.write(
            b"GET /lookup?topic=t HTTP/1.1\r\nHost: h\r\nConnection: %s\r\n\r\n"
            % (b"keep-alive" if keeps_alive else b"close")
        )
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(re.search(rb"Content-Length: (\d+)", head)[1]))
        answers.append(turn)
        if not keeps_alive:
            writer.close()
            connection = None
        turn += 1


async def watch(server):
    reader, writer = await server.connect("HTTP")
    writer.write(b"GET /watch?topic=t HTTP/1.1\r\nHost: h\r\n\r\n")
    await reader.readuntil(b"\n\n")
    return reader, writer


async def measure(program, name, clients, seconds):
    server = Server(program)
    producers = await server.add_producers(10)
    answers = []
    start = time.monotonic() + 0.5
    waiting = []
    if name == "watch":
        waiting = [await watch(server) for _ in range(clients)]
        start = time.monotonic()
    before = server.cpu_seconds()
    if waiting:
        await asyncio.sleep(seconds)
    else:
        await asyncio.gather(
            *(
                poll(server, name == "kept alive", start + at / clients, start + seconds, answers)
                for at in range(clients)
            )
        )
    used = server.cpu_seconds() - before
    each = f"{used / len(answers) * 1e6:8.1f} us each" if answers else ""
    print(f"{name:12} {clients} clients: {used / seconds * 100:6.2f} % of a core {each}", flush=True)
    for _, writer in producers + waiting:
        writer.close()
    server.stop()


def main():
    program, clients, seconds = sys.argv[1], *map(int, (sys.argv[2:] + ["1000", "20"][len(sys.argv) - 2 :]))
    for name in ("kept alive", "one each", "watch"):
        asyncio.run(measure(program, name, clients, seconds))


if __name__ == "__main__":
    main()
