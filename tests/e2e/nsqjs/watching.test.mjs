// SPDX-License-Identifier: MIT
//
// The consumer of docs/examples/watching/node finds producers by /watch. It polls once a minute, for
// which these tests do not wait.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { FakeNsqd } from './fake_nsqd.mjs';
import { startServer } from './server.mjs';

const timeout = 40_000;
const example = fileURLToPath(new URL('../../../docs/examples/watching/node', import.meta.url));
const modules = fileURLToPath(new URL('node_modules', import.meta.url));

describe('the consumer of the documents', { timeout }, () => {
  let directory;
  let consumer;
  let lines;
  const ends = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'watching-'));
    ends.push(() => rm(directory, { recursive: true }));
    await cp(example, directory, { recursive: true });
    await symlink(modules, join(directory, 'node_modules'));
  });

  afterEach(async () => {
    while (ends.length > 0) {
      await ends.pop()();
    }
  });

  async function start() {
    const server = await startServer();
    ends.push(async () => assert.equal(await server.stop(), 0));
    return server;
  }

  async function startNsqd(body) {
    const nsqd = new FakeNsqd(body);
    await nsqd.listen();
    ends.push(() => nsqd.close());
    return nsqd;
  }

  function startConsumer(...servers) {
    const addresses = servers.map((server) => `http://127.0.0.1:${server.httpPort}`);
    consumer = spawn(process.execPath, ['consumer.mjs', 't1', 'c1', ...addresses], {
      cwd: directory,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(consumer, 'exit');
    ends.push(async () => {
      consumer.kill('SIGKILL');
      await exited;
    });
    lines = createInterface({ input: consumer.stdout })[Symbol.asyncIterator]();
  }

  async function expectLine(expected) {
    assert.equal((await lines.next()).value, expected);
  }

  it('finds producers that come later', { timeout }, async () => {
    const server = await start();
    startConsumer(server);
    for (const body of ['first', 'second']) {
      const nsqd = await startNsqd(body);
      await nsqd.register(server.tcpPort, 't1', 'c1');
      await expectLine(`connected to 127.0.0.1:${nsqd.port}`);
      await expectLine(body);
    }
  });

  it('finds them through either of two servers', { timeout }, async () => {
    const servers = [await start(), await start()];
    startConsumer(...servers);
    for (const server of servers) {
      const nsqd = await startNsqd(`from ${server.tcpPort}`);
      await nsqd.register(server.tcpPort, 't1', 'c1');
      await expectLine(`connected to 127.0.0.1:${nsqd.port}`);
      await expectLine(`from ${server.tcpPort}`);
    }
  });

  it('ends when it is told to', { timeout }, async () => {
    const server = await start();
    startConsumer(server);
    const nsqd = await startNsqd('hello');
    await nsqd.register(server.tcpPort, 't1', 'c1');
    await expectLine(`connected to 127.0.0.1:${nsqd.port}`);
    await expectLine('hello');
    consumer.kill('SIGTERM');
    const [status] = await once(consumer, 'exit');
    assert.equal(status, 0);
  });
});
