// SPDX-License-Identifier: MIT
//
// Changes come by themselves, within a second.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { said } from './registry.mjs';
import { rowsOf, Stage, suiteTimeout, timeout, until } from './stage.mjs';

describe('a live page', { timeout: suiteTimeout }, () => {
  let stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });

  afterEach(() => stage.close());

  it('begins empty, and fills by a producer over TCP', { timeout }, async () => {
    const page = await stage.livePage('#/topics');
    await page.getByText('No topics yet').waitFor();
    const producer = await stage.producer(said(3), 'clicks archive');
    await until(
      () => rowsOf(page, 'Topics'),
      (rows) => rows[0]?.[0] === 'clicks' && rows[0][1] === '1' && rows[0][2] === '1',
      2_000,
    );
    await producer.register('clicks worker', 'orders');
    await until(
      () => rowsOf(page, 'Topics'),
      (rows) => rows[0]?.[2] === '2' && rows[1]?.[0] === 'orders',
      2_000,
    );
    await producer.close();
    await until(
      () => rowsOf(page, 'Topics'),
      (rows) => rows[0]?.[1] === '0' && /^no producers/.test(rows[0][4]),
      2_000,
    );
  });

  it('learns the zone of a new node', { timeout }, async () => {
    const page = await stage.livePage('#/nodes');
    await page.getByText('No nsqd is connected. Start one').waitFor();
    await stage.producer(said(4), 'clicks');
    await until(
      () => rowsOf(page, 'Nodes'),
      (rows) => rows[0]?.[0] === 'nsqd-04' && rows[0][2] === 'eu-1b',
    );
    await until(
      () => page.locator('.zone').allInnerTexts(),
      (zones) => zones.join() === 'eu-1b\n1',
    );
  });

  it('follows a topic, from not being there to its end', { timeout }, async () => {
    const page = await stage.livePage('#/topics/clicks');
    await page.getByText('There is no topic clicks').waitFor();
    await stage.producer(said(0), 'clicks archive');
    await until(
      () => rowsOf(page, 'Producers of clicks'),
      (rows) => rows[0]?.[0] === 'nsqd-00' && rows[0][4] === 'listed',
    );
    await stage.post('topic/tombstone?topic=clicks&node=10.0.0.1:4151');
    await until(
      () => rowsOf(page, 'Producers of clicks'),
      (rows) => /^tombstoned/.test(rows[0]?.[4]),
      2_000,
    );
    await stage.post('channel/create?topic=clicks&channel=late');
    await until(
      () => page.locator('.channels .name').allInnerTexts(),
      (names) => names.join() === 'archive,late',
      2_000,
    );
    await stage.post('topic/delete?topic=clicks');
    await page.getByText('There is no topic clicks').waitFor();
  });

  it('shows events as they come, and pauses', { timeout }, async () => {
    const page = await stage.livePage('#/events');
    const label = 'Changes, the newest first';
    await stage.post('topic/create?topic=first');
    await until(
      () => rowsOf(page, label),
      (rows) => rows[0]?.[2] === 'first',
      2_000,
    );
    await page.getByRole('button', { name: 'Pause' }).click();
    await stage.post('topic/create?topic=second');
    await page.getByText('1 more since; resume to see them').waitFor();
    assert.equal((await rowsOf(page, label))[0][2], 'first');
    await page.getByRole('button', { name: 'Resume' }).click();
    await until(
      () => rowsOf(page, label),
      (rows) => rows[0][2] === 'second',
      2_000,
    );
  });
});
