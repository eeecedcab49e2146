# SPDX-License-Identifier: MIT
"""A consumer that finds new producers in milliseconds, with pynsq 0.9:

    python consumer.py clicks archive http://lookup-1:4161 http://lookup-2:4161

NSQLOOKUPD_TOKEN is the token to show, if the servers want one.
"""

import asyncio
import json
import logging
import os
import sys
import urllib.parse

import nsq
from tornado.httpclient import AsyncHTTPClient, HTTPClientError
from tornado.ioloop import IOLoop

# The server sends a comment every 15 s.
LONGEST_SILENCE = 45


class TopicWatch:
    """Follows a topic at one nsqlookupd, for ever; hands each state to `changed`."""

    def __init__(self, server, topic, changed):
        self.url = f"{server}/watch?topic={urllib.parse.quote(topic)}"
        self.changed = changed
        self.last_id = None
        self.pause = 1.0
        self.input = b""
        self.alive = None

    async def run(self):
        while True:
            try:
                await self.read_stream()
            except HTTPClientError as error:
                if 400 <= error.code < 500:
                    logging.error("%s answers %s", self.url, error)
                    return
            except (OSError, asyncio.TimeoutError) as error:
                logging.warning("%s: %s", self.url, error)
            await asyncio.sleep(self.pause)
            self.pause = min(self.pause * 2, 10.0)

    async def read_stream(self):
        self.input = b""
        headers = {"Accept": "text/event-stream"}
        if "NSQLOOKUPD_TOKEN" in os.environ:
            headers["Authorization"] = "Bearer " + os.environ["NSQLOOKUPD_TOKEN"]
        if self.last_id:
            headers["Last-Event-ID"] = self.last_id
        # A client of its own, so that closing it ends this stream alone.
        client = AsyncHTTPClient(force_instance=True)
        fetched = asyncio.ensure_future(
            client.fetch(
                self.url,
                headers=headers,
                streaming_callback=self.take,
                connect_timeout=10,
                request_timeout=0,
            )
        )
        self.alive = asyncio.get_running_loop().time()
        try:
            while not fetched.done():
                await asyncio.wait([fetched], timeout=5)
                if asyncio.get_running_loop().time() - self.alive > LONGEST_SILENCE:
                    raise asyncio.TimeoutError("the stream is silent")
            fetched.result()
        finally:
            fetched.cancel()
            client.close()

    def take(self, chunk):
        self.alive = asyncio.get_running_loop().time()
        *events, self.input = (self.input + chunk).split(b"\n\n")
        for text in events:
            event = dict(line.split(": ", 1) for line in text.decode().split("\n") if ": " in line)
            self.pause = float(event.get("retry", 1000)) / 1000
            if "data" in event:
                self.last_id = event["id"]
                self.changed(json.loads(event["data"]).get("producers", []))


def handle(message):
    print(message.body.decode(), flush=True)
    return True


def main():
    topic, channel, *servers = sys.argv[1:]
    # It still polls, once a minute: for an nsqd that it has lost and nsqlookupd has not.
    reader = nsq.Reader(
        topic=topic,
        channel=channel,
        message_handler=handle,
        lookupd_http_addresses=servers,
        lookupd_poll_interval=60,
        max_in_flight=100,
    )

    def connect(producers):
        # Nothing happens where there is a connection already.
        for producer in producers:
            reader.connect_to_nsqd(producer["broadcast_address"], producer["tcp_port"])

    for server in servers:
        IOLoop.current().spawn_callback(TopicWatch(server, topic, connect).run)
    nsq.run()


if __name__ == "__main__":
    main()
