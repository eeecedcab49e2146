// SPDX-License-Identifier: MIT
//
// The pictures of README: a cluster after an hour in which some things went wrong. A test has no hour,
// so ages and members are made up on the way to the page. They are looked at here in every state.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { fill, keepPinging, said } from './registry.mjs';
import { picture, rowsOf, Stage, suiteTimeout, timeout, until } from './stage.mjs';

const second = 1_000_000_000;
const ages = { 'nsqd-04': 41, 'nsqd-07': 38, 'nsqd-12': 83, 'nsqd-15': 340 };

// Spreads the changes that there are over the last hour; runs in the page, before its scripts.
function spreadChanges(count) {
  const parse = JSON.parse;
  const began = Date.now();
  let seen = 0;
  JSON.parse = (text) => {
    const value = parse(text);
    if (value?.revision !== undefined && seen < count) {
      const left = 1 - seen / count;
      const pace = 0.75 * left + 0.25 * left ** 4 + 0.012 * Math.sin(seen / 9);
      value.time = new Date(began - 3_500_000 * Math.max(0, pace)).toISOString();
      seen += 1;
    }
    return value;
  };
}

function member(number, producers) {
  const time = new Date(Date.now() - 4_000).toISOString().replace('Z', '000Z');
  return {
    node_id: `lookup-${number}:4160`,
    version: '2.1.0',
    tcp_address: `lookup-${number}:4160`,
    http_address: `lookup-${number}:4161`,
    producers,
    started_at: time,
    synced_at: time,
  };
}

describe('the pictures', { timeout: suiteTimeout }, () => {
  let stage;
  let stopPinging;
  let changes;

  before(async () => {
    stage = await Stage.open();
    const producers = await fill(stage, 24);
    for (const number of [3, 9, 16, 21]) {
      await producers[number].close();
      producers[number] = await stage.producer(
        said(number),
        'clicks archive',
        'orders archive',
        'orders worker',
      );
    }
    await producers[20].unregister('payments', 'clicks');
    await producers[17].close();
    await stage.post('topic/tombstone?topic=clicks&node=10.0.1.2:4151');
    stopPinging = keepPinging(producers.filter((_, number) => number !== 17));
    const answer = await fetch(`http://127.0.0.1:${stage.server.httpPort}/events?limit=10000`);
    changes = (await answer.json()).events.length;
  });

  after(async () => {
    stopPinging();
    await stage.close();
  });

  // A tab to which some producers have pinged long ago, and which has members.
  async function open(colorScheme) {
    const page = await stage.page('', { colorScheme, viewport: { width: 1280, height: 800 } });
    await page.addInitScript(spreadChanges, changes);
    await page.route('**/debug', async (route) => {
      const answer = await route.fetch();
      const all = await answer.json();
      for (const [at, each] of Object.values(all).flat().entries()) {
        each.last_update -= (ages[each.hostname] ?? at % 13) * second;
      }
      await route.fulfill({ response: answer, json: all });
    });
    await page.route('**/nodes', async (route) => {
      const answer = await route.fetch();
      const { producers } = await answer.json();
      await route.fulfill({
        response: answer,
        json: { producers: producers.filter((each) => each.hostname !== 'nsqd-15') },
      });
    });
    await page.route('**/cluster', (route) =>
      route.fulfill({
        json: {
          name: 'nsqlookupd',
          node_id: 'lookup-1:4160',
          synced: true,
          last_sync: '',
          failure: '',
          members: [member(1, 9), member(2, 8), member(3, 7)],
        },
      }),
    );
    await page.reload();
    return page;
  }

  it('are of the overview', { timeout }, async () => {
    const page = await open('light');
    await page.getByText('1 silent producer').waitFor();
    await page.getByText('without a ping for over a minute').waitFor();
    assert.deepEqual(await page.locator('.plain tbody th').allInnerTexts(), [
      'lookup-1:4160this one\nlookup-1:4161 · 2.1.0',
      'lookup-2:4160\nlookup-2:4161 · 2.1.0',
      'lookup-3:4160\nlookup-3:4161 · 2.1.0',
    ]);
    await until(
      () => page.locator('.strip rect:not([height="0.0"])').count(),
      (count) => count > 60,
    );
    await picture(page, 'readme-overview');
    await page.context().close();
  });

  it('are of a topic', { timeout }, async () => {
    const page = await open('light');
    await page.goto(`${stage.server.page}#/topics/clicks`);
    await until(
      () => rowsOf(page, 'Producers of clicks'),
      (rows) => rows.length > 10 && rows[0][3] !== '–',
    );
    await page.locator('.channels .name').first().waitFor();
    await picture(page, 'readme-topic');
    await page.context().close();
  });

  it('are of the nodes', { timeout }, async () => {
    const page = await open('dark');
    await page.goto(`${stage.server.page}#/nodes`);
    for (const age of ['fresh', 'late', 'overdue', 'silent']) {
      await page.locator(`.map .tile[data-age=${age}]`).first().waitFor();
    }
    await picture(page, 'readme-nodes');
    await page.context().close();
  });
});
