// SPDX-License-Identifier: MIT
//
// An unmodified nsqjs finds a producer through /lookup, connects to it and gets its message.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, it } from 'node:test';

import nsq from 'nsqjs';

import { FakeNsqd } from './fake_nsqd.mjs';
import { startServer } from './server.mjs';

const timeout = 60_000;

describe('an nsqjs Reader', { timeout }, () => {
  let server;
  let nsqd;
  let reader;

  beforeEach(async () => {
    server = await startServer();
    nsqd = new FakeNsqd('hello');
    await nsqd.listen();
  });

  afterEach(async () => {
    reader.close();
    nsqd.close();
    assert.equal(await server.stop(), 0);
  });

  function startReader(address) {
    reader = new nsq.Reader('t1', 'c1', { lookupdHTTPAddresses: address, lookupdPollInterval: 1 });
    reader.connect();
  }

  // The first argument of `message` is it; those of `nsqd_connected` are host and port.
  async function expectMessage() {
    const connected = once(reader, 'nsqd_connected');
    const [message] = await once(reader, 'message');
    assert.equal(message.body.toString(), 'hello');
    message.finish();
    assert.deepEqual(await connected, ['127.0.0.1', nsqd.port]);
    assert.ok(nsqd.commands.includes('SUB t1 c1'), nsqd.commands.join());
  }

  it('gets a message from a producer that is registered', { timeout }, async () => {
    await nsqd.register(server.tcpPort, 't1', 'c1');
    startReader(`127.0.0.1:${server.httpPort}`);
    await expectMessage();
  });

  it('finds a producer that comes later', { timeout }, async () => {
    startReader([`http://127.0.0.1:${server.httpPort}`]);
    await nsqd.register(server.tcpPort, 't1', 'c1');
    await expectMessage();
  });
});
