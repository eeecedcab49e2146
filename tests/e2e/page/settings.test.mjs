// SPDX-License-Identifier: MIT
//
// Servers that are set up otherwise: behind a path prefix, without history, with state on disk, draining.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { said } from './registry.mjs';
import { rowsOf, Stage, suiteTimeout, timeout, until } from './stage.mjs';

// A proxy that shows a server under a prefix, and nothing else.
async function startProxy(prefix, port) {
  const seen = [];
  const proxy = createServer((asked, answer) => {
    seen.push(asked.url);
    if (!asked.url.startsWith(prefix)) {
      answer.writeHead(418).end();
      return;
    }
    const { method, headers } = asked;
    const up = request(
      { host: '127.0.0.1', port, method, headers, path: asked.url.slice(prefix.length) },
      (got) => {
        answer.writeHead(got.statusCode, got.headers);
        answer.flushHeaders();
        got.pipe(answer);
      },
    );
    up.on('error', () => answer.destroy());
    answer.on('close', () => up.destroy());
    asked.pipe(up);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: proxy.address().port,
    seen,
    async close() {
      proxy.close();
      proxy.closeAllConnections();
      await once(proxy, 'close');
    },
  };
}

describe('the page of a server', { timeout: suiteTimeout }, () => {
  it('works behind a path prefix', { timeout }, async () => {
    const stage = await Stage.open();
    const proxy = await startProxy('/nsq/lookup-1', stage.server.httpPort);
    stage.server.page = `http://127.0.0.1:${proxy.port}/nsq/lookup-1/ui/`;
    const page = await stage.livePage('#/topics');
    await stage.producer(said(0), 'clicks archive');
    await until(
      () => rowsOf(page, 'Topics'),
      (rows) => rows[0]?.[0] === 'clicks' && rows[0][2] === '1',
    );
    await page.getByRole('button', { name: 'Create topic' }).click();
    await page.getByLabel('Topic', { exact: true }).fill('orders');
    await page.keyboard.press('Enter');
    await until(
      () => rowsOf(page, 'Topics'),
      (rows) => rows.length === 2,
    );
    assert.deepEqual(
      proxy.seen.filter((url) => !url.startsWith('/nsq/lookup-1/')),
      [],
    );
    await stage.close();
    await proxy.close();
  });

  it('that remembers no changes is read anew', { timeout }, async () => {
    const stage = await Stage.open({ flags: ['-event-history=0'] });
    const page = await stage.livePage('#/topics');
    await stage.producer(said(0), 'clicks archive');
    await until(
      () => rowsOf(page, 'Topics'),
      (rows) => rows[0]?.[0] === 'clicks' && rows[0][1] === '1',
    );
    await stage.closeProducers();
    await until(
      () => rowsOf(page, 'Topics'),
      (rows) => rows[0]?.[1] === '0',
    );
    await stage.close();
  });

  it('shows restored producers, and their connections when they come', { timeout }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'page-'));
    const stage = await Stage.open({ flags: [`-data-path=${directory}`, '-store-interval=10ms'] });
    await stage.producer(said(0), 'clicks archive');
    const page = await stage.livePage('#/topics/clicks');
    await until(
      () => rowsOf(page, 'Producers of clicks'),
      (rows) => rows[0]?.[4] === 'listed',
    );
    await stage.restartServer({ isAbrupt: true });
    await until(
      () => rowsOf(page, 'Producers of clicks'),
      (rows) => rows[0]?.[4] === 'restored, awaited',
    );
    await page.goto(`${stage.server.page}#/`);
    await page.getByText('1 restored producers are to come back').waitFor();
    await page.goto(`${stage.server.page}#/topics/clicks`);
    await stage.producer(said(0), 'clicks archive');
    await until(
      () => rowsOf(page, 'Producers of clicks'),
      (rows) => rows.length === 1 && rows[0][4] === 'listed',
    );
    await stage.close();
    await rm(directory, { recursive: true });
  });

  it('that drains says so', { timeout }, async () => {
    const stage = await Stage.open({ flags: ['-drain-timeout=30s'] });
    const page = await stage.livePage('#/');
    stage.server.signal('SIGTERM');
    await page.getByText('This server is draining').waitFor();
    stage.server.signal('SIGTERM');
    await stage.close();
  });
});
