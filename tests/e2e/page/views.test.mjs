// SPDX-License-Identifier: MIT
//
// Every view shows the registry that there is, and fragments lead to views.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { fill } from './registry.mjs';
import { picture, rowsOf, Stage, suiteTimeout, timeout, until } from './stage.mjs';

describe('views', { timeout: suiteTimeout }, () => {
  let stage;
  let producers;

  before(async () => {
    stage = await Stage.open();
    producers = await fill(stage);
    await stage.post('topic/tombstone?topic=clicks&node=10.0.1.2:4151');
    await producers[17].close();
    await producers[5].unregister('clicks');
  });

  after(() => stage.close());

  it('the overview counts', { timeout }, async () => {
    const page = await stage.livePage();
    const figure = (label) => page.locator('.figure', { hasText: label }).locator('.number');
    await until(
      () => figure('Channels').innerText(),
      (text) => text === '22',
    );
    assert.equal(await figure('Topics').first().innerText(), '12');
    assert.equal(await figure('Nodes').innerText(), '17');
    const strip = await page
      .locator('.strip tbody tr')
      .evaluateAll((rows) => rows.map((row) => row.innerText.replace(/\s+/g, ' ').trim()));
    assert.ok(strip.includes('Producers that came 18'), strip.join());
    assert.ok(strip.includes('Tombstones 1'), strip.join());
    await page.locator('.map .tile[data-age=fresh]').first().waitFor();
    assert.equal(await page.locator('.map .tile').count(), 17);
    await page.context().close();
  });

  it('topics are searched, sorted, and filtered', { timeout }, async () => {
    const page = await stage.livePage('#/topics');
    const names = async () => (await rowsOf(page, 'Topics')).map(([name]) => name);
    assert.deepEqual((await names()).slice(0, 3), ['audit_log', 'clicks', 'invoices']);
    const [clicks] = (
      await until(
        () => rowsOf(page, 'Topics'),
        (rows) => rows[1][2] === '2',
      )
    ).slice(1);
    assert.deepEqual(clicks.slice(0, 3), ['clicks', '7', '2']);
    assert.equal(clicks[4], '1 tombstoned');

    await page.getByRole('searchbox').fill('IL');
    assert.deepEqual(await until(names, (found) => found.length === 2), [
      'mail.outgoing',
      'thumbnails',
    ]);
    assert.match(page.url(), /#\/topics\?search=IL$/);
    await page.getByRole('searchbox').fill('');

    await page.getByLabel('Without producers').check();
    assert.deepEqual(await until(names, (found) => found.length === 1), ['old_campaign']);
    await page.getByLabel('Without producers').uncheck();

    await page.getByRole('button', { name: 'Producers' }).click();
    const counts = async () => (await rowsOf(page, 'Topics')).map((row) => Number(row[1]));
    await until(
      counts,
      (found) =>
        found.length === 12 && found.every((count, at) => at === 0 || count <= found[at - 1]),
    );
    await picture(page, 'topics');
    await page.context().close();
  });

  it('one topic tells why a producer is missing', { timeout }, async () => {
    const page = await stage.livePage('#/topics/clicks');
    const rows = await until(
      () => rowsOf(page, 'Producers of clicks'),
      (found) => found.length === 9,
    );
    const states = Object.fromEntries(rows.map((row) => [row[0], row[4]]));
    assert.match(states['nsqd-01'], /^tombstoned/);
    assert.equal(states['nsqd-02'], 'listed');
    assert.match(states['nsqd-05'], /^left .*: UNREGISTER$/);
    assert.match(states['nsqd-17'], /^left .*: EOF$/);
    await until(
      () => page.locator('.channels .name').allInnerTexts(),
      (names) => names.join() === 'archive,worker',
    );
    assert.equal(await page.locator('.topic-map rect.has').count(), 6);
    assert.equal(await page.locator('.topic-map rect.tombstoned').count(), 1);
    await picture(page, 'topic');
    await page.context().close();
  });

  it('nodes are a map and a table', { timeout }, async () => {
    const page = await stage.livePage('#/nodes');
    assert.deepEqual(await page.locator('.zone').allInnerTexts(), [
      'eu-1a\n6',
      'eu-1b\n6',
      'us-2a\n5',
    ]);
    const [first] = await until(
      () => rowsOf(page, 'Nodes'),
      (rows) => rows[0]?.[6] !== '–',
    );
    assert.deepEqual(first.slice(0, 6), [
      'nsqd-00',
      '10.0.0.1:4150',
      'eu-1a',
      'eu-west',
      '1.3.0',
      '5',
    ]);
    assert.match(first[6], /^\d+ s$/);
    await page.locator('.map .tile', { hasText: 'nsqd-08' }).click();
    await until(
      () => rowsOf(page, 'Nodes'),
      (rows) => rows.length === 1 && rows[0][0] === 'nsqd-08',
    );
    await page.context().close();
  });

  it('events are filtered', { timeout }, async () => {
    const page = await stage.livePage('#/events?kind=tombstones');
    const rows = await until(
      () => rowsOf(page, 'Changes, the newest first'),
      (found) => found.length === 1,
    );
    assert.deepEqual(rows[0].slice(1), [
      'tombstoned',
      'clicks',
      '',
      'nsqd-01:4150',
      'POST /topic/tombstone from 127.0.0.1',
    ]);
    await page.getByRole('combobox').selectOption('producer_removed');
    await until(
      () => rowsOf(page, 'Changes, the newest first'),
      (found) => found[0]?.[4] === 'nsqd-17:4150',
    );
    await page.getByRole('searchbox').fill('no such change');
    await page.getByText('No changes to show').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await until(
      () => rowsOf(page, 'Changes, the newest first'),
      (found) => found.length > 20,
    );
    await page.context().close();
  });

  it('an unknown view is the overview, an unknown topic has a face', { timeout }, async () => {
    const page = await stage.livePage('#/no/such/view');
    assert.match(page.url(), /#\/$/);
    assert.equal(await page.locator('nav [aria-current=page]').innerText(), 'Overview');
    await page.goto(`${stage.server.page}#/topics/%E0%A4%A`);
    await page.getByText('There is no topic %E0%A4%A').waitFor();
    await page.goto(`${stage.server.page}#/topics/nowhere`);
    await page.getByText('There is no topic nowhere').waitFor();
    assert.match(await page.title(), /^nowhere · 127\.0\.0\.1:\d+ · nsqlookupd$/);
    await page.context().close();
  });
});
