// SPDX-License-Identifier: MIT
//
// The page at real size: 10,000 topics, 1,000 nodes, 200 changes a second. Bounds are generous, for
// machines with two busy cores; the figures that are measured are printed.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';

import { picture, rowsOf, Stage, suiteTimeout, timeout, until } from './stage.mjs';

const topics = 10_000;
const nodes = 1_000;
const topicsOfNode = 50;
const changesPerSecond = 200;
const megabyte = 1 << 20;

function topicName(number) {
  return `topic-${String(number % topics).padStart(5, '0')}`;
}

async function fillUp(stage) {
  const producers = [];
  const atATime = 50;
  for (let first = 0; first < nodes; first += atATime) {
    const some = Array.from({ length: atATime }, (_, at) => first + at).map((number) =>
      stage.producer(
        {
          hostname: `node-${number}`,
          broadcast_address: `10.1.${number >> 8}.${number & 255}`,
          topology_zone: `zone-${number % 6}`,
          topology_region: `region-${number % 2}`,
        },
        ...Array.from(
          { length: topicsOfNode },
          (_, at) => `${topicName(number * topicsOfNode + at)} main`,
        ),
      ),
    );
    producers.push(...(await Promise.all(some)));
  }
  return producers;
}

/** Registers and unregisters topics, each of which is a change. Returns a function that ends it. */
function startChurn(producers) {
  let round = 0;
  const timer = setInterval(() => {
    for (let at = 0; at < changesPerSecond / 20; at += 1) {
      const producer = producers[(round * 7 + at) % producers.length];
      const topic = topicName(round * 31 + at);
      producer.register(topic).catch(() => {});
      producer.unregister(topic).catch(() => {});
    }
    round += 1;
  }, 100);
  return () => clearInterval(timer);
}

/** Scrolls by `step` pixels a frame for `length` ms, and back at the end. The times of the frames, in ms. */
function scroll(page, label, { length, step }) {
  return page.getByRole('grid', { name: label }).evaluate(
    (grid, { length, step }) =>
      new Promise((resolve) => {
        const frames = [];
        const began = performance.now();
        let last = began;
        let direction = 1;
        requestAnimationFrame(function onFrame(now) {
          frames.push(now - last);
          last = now;
          const before = grid.scrollTop;
          grid.scrollTop += direction * step;
          direction = grid.scrollTop === before ? -direction : direction;
          if (now - began < length) {
            requestAnimationFrame(onFrame);
          } else {
            resolve(frames.slice(1));
          }
        });
      }),
    { length, step },
  );
}

function report(context, name, frames) {
  const sorted = [...frames].sort((a, b) => a - b);
  const share = (part) => sorted[Math.floor((sorted.length - 1) * part)].toFixed(1);
  const perSecond = (1000 * frames.length) / frames.reduce((sum, each) => sum + each, 0);
  context.diagnostic(
    `${name}: ${perSecond.toFixed(1)} frames a second; a frame takes p50 ${share(0.5)} p95 ${share(0.95)} max ${share(1)} ms`,
  );
  return perSecond;
}

async function heapOf(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'JSHeapUsedSize').value;
}

// Pages of memory that belong to the tab's process alone, in bytes.
async function ownMemoryOf(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const sizes = await Promise.all(
    processInfo
      .filter(({ type }) => type === 'renderer')
      .map(async ({ id }) => {
        const status = await readFile(`/proc/${id}/status`, 'utf8');
        return 1024 * Number(/RssAnon:\s+(\d+)/.exec(status)[1]);
      }),
  );
  return Math.max(...sizes);
}

describe('the page at real size', { timeout: suiteTimeout }, () => {
  let stage;
  let stopChurn;

  before(async () => {
    stage = await Stage.open();
    stopChurn = startChurn(await fillUp(stage));
  });

  after(async () => {
    stopChurn();
    await stage.close();
  });

  it('scrolls, follows the changes, and stays small', { timeout }, async (context) => {
    const page = await stage.livePage('#/topics');
    await until(
      () => rowsOf(page, 'Topics'),
      (rows) => rows.length > 20 && rows.every((row) => row[2] !== '–'),
      60_000,
    );
    assert.equal((await page.locator('.rows > .row').count()) < 100, true);
    const rate = await until(
      () => page.locator('.status .rate').innerText(),
      (text) => text !== '',
    );
    context.diagnostic(`changes: ${rate}`);

    const frames = {};
    frames.topics = report(
      context,
      'topics',
      await scroll(page, 'Topics', { length: 5_000, step: 90 }),
    );
    await picture(page, 'size-topics');
    await page.goto(`${stage.server.page}#/nodes`);
    await page.getByRole('grid', { name: 'Nodes' }).waitFor();
    await until(
      () => page.locator('.map .tile').count(),
      (count) => count >= nodes,
    );
    frames.nodes = report(
      context,
      'nodes',
      await scroll(page, 'Nodes', { length: 5_000, step: 90 }),
    );
    await picture(page, 'size-nodes');
    await page.goto(`${stage.server.page}#/events`);
    await page.getByRole('grid', { name: 'Changes, the newest first' }).waitFor();
    frames.events = report(
      context,
      'events',
      await scroll(page, 'Changes, the newest first', { length: 5_000, step: 90 }),
    );
    await page.goto(`${stage.server.page}#/`);
    await page.locator('.figures').waitFor();
    await picture(page, 'size-overview');

    const heap = await heapOf(page);
    const own = await ownMemoryOf(stage.browser);
    context.diagnostic(
      `memory: ${(heap / megabyte).toFixed(1)} MB of JavaScript's heap, ${(own / megabyte).toFixed(1)} MB of the tab's process alone`,
    );
    assert.ok(
      Object.values(frames).every((each) => each > 20),
      JSON.stringify(frames),
    );
    assert.ok(heap < 100 * megabyte, `${heap} bytes of heap`);
    assert.ok(own < 100 * megabyte, `${own} bytes`);
    await page.context().close();
  });

  it('shows a change within a second or so', { timeout }, async (context) => {
    const page = await stage.livePage('#/topics?search=fresh-topic');
    await page.getByText('No topic is like that').waitFor();
    const began = performance.now();
    await stage.post('topic/create?topic=fresh-topic');
    await until(
      () => rowsOf(page, 'Topics'),
      (rows) => rows[0]?.[0] === 'fresh-topic',
    );
    context.diagnostic(`a change is visible after ${Math.round(performance.now() - began)} ms`);
    await page.context().close();
  });
});

describe('the files of the page', () => {
  it('are under 60 KB compressed', async (context) => {
    const directory = new URL('../../../libs/admin/page/', import.meta.url);
    const files = await readdir(directory);
    const sizes = await Promise.all(
      files.map(
        async (file) => gzipSync(await readFile(new URL(file, directory)), { level: 9 }).length,
      ),
    );
    const sum = sizes.reduce((all, size) => all + size, 0);
    context.diagnostic(`${files.length} files, ${sum} bytes compressed`);
    assert.ok(sum < 60_000, `${sum} bytes`);
  });
});
