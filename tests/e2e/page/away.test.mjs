// SPDX-License-Identifier: MIT
//
// A server that goes away, answers with errors, or is not asked while nobody looks: data stays.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';

import { expectAccessible } from './accessible.mjs';
import { said } from './registry.mjs';
import { picture, rowsOf, Stage, suiteTimeout, timeout, until } from './stage.mjs';

describe('a page without its server', { timeout: suiteTimeout }, () => {
  let stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });

  afterEach(() => stage.close());

  function figure(page, label) {
    return page.locator('.figure', { hasText: label }).locator('.number').first();
  }

  it('survives a restart of the server', { timeout }, async () => {
    await stage.producer(said(0), 'before');
    await stage.post('topic/create?topic=forgotten');
    const page = await stage.livePage('#/');
    await until(
      () => figure(page, 'Topics').innerText(),
      (text) => text === '2',
    );
    await stage.restartServer({
      async whileAway() {
        await page.locator('.status[data-kind=lost]').waitFor();
        assert.match(
          await page.locator('.status').innerText(),
          /^Disconnected for \d+ s · retrying/,
        );
        assert.equal(await figure(page, 'Topics').innerText(), '2');
        await expectAccessible(page);
        await picture(page, 'disconnected');
      },
    });
    await page.locator('.status[data-kind=live]').waitFor();
    await stage.producer(said(1), 'after');
    await until(
      () => figure(page, 'Topics').innerText(),
      (text) => text === '1',
    );
    await page.goto(`${stage.server.page}#/topics`);
    await until(
      () => rowsOf(page, 'Topics'),
      (rows) => rows.length === 1 && rows[0][0] === 'after' && rows[0][1] === '1',
    );
  });

  it('says since when its data is old', { timeout }, async () => {
    await stage.post('topic/create?topic=clicks');
    const page = await stage.livePage('#/topics');
    await page.route('**/nodes', (route) =>
      route.fulfill({ status: 500, json: { message: 'INTERNAL_ERROR' } }),
    );
    // A new producer's zone has to be read.
    await stage.producer(said(1), 'orders');
    await page.locator('.status[data-kind=old]').waitFor();
    assert.match(await page.locator('.status').innerText(), /^Data from .* ago/);
    assert.deepEqual(
      (await rowsOf(page, 'Topics')).map(([name]) => name),
      ['clicks', 'orders'],
    );
    await page.unroute('**/nodes');
    await page.getByRole('button', { name: 'Retry now' }).click();
    await page.locator('.status[data-kind=live]').waitFor();
  });

  it('says when a reading was refused by the network, and mends it', { timeout }, async () => {
    const page = await stage.livePage('#/topics');
    await page.context().setOffline(true);
    // Chromium lets a stream that is open go on; the next readings fail.
    await stage.producer(said(1), 'orders');
    await until(
      () => page.locator('.status').getAttribute('data-kind'),
      (kind) => kind === 'old' || kind === 'lost',
    );
    await page.context().setOffline(false);
    await page.locator('.status[data-kind=live]').waitFor();
    await until(
      () => rowsOf(page, 'Topics'),
      (rows) => rows[0]?.[0] === 'orders' && rows[0][1] === '1',
    );
  });

  it('has no connection while nobody sees it, and goes on afterwards', { timeout }, async () => {
    const page = await stage.livePage('#/topics');
    const watchers = async () => {
      const metrics = await fetch(`http://127.0.0.1:${stage.server.httpPort}/metrics`);
      return /^nsqlookupd_watchers (\d+)$/m.exec(await metrics.text())[1];
    };
    const hide = (isHidden) =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'hidden', { value, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      }, isHidden);
    await until(watchers, (count) => count === '1');
    await hide(true);
    await stage.producer(said(1), 'orders');
    await until(watchers, (count) => count === '0');
    await stage.post('topic/create?topic=later');
    await hide(false);
    await until(
      () => rowsOf(page, 'Topics'),
      (rows) => rows[0]?.[0] === 'later' && rows[1]?.[1] === '1',
    );
    await page.locator('.status[data-kind=live]').waitFor();
    // Nothing came twice.
    await page.goto(`${stage.server.page}#/events`);
    const kinds = (await rowsOf(page, 'Changes, the newest first')).map((row) => row[1]);
    assert.deepEqual(kinds, ['topic added', 'registered', 'topic added', 'producer added']);
  });

  it('has a face for a server that never answered', { timeout }, async () => {
    const page = await stage.page();
    await page.route('**/topics?*', (route) => route.abort());
    await page.reload();
    await page.getByText('No connection').waitFor();
    await expectAccessible(page);
    await page.unroute('**/topics?*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.figures').waitFor();
    await page.route('**/topics?*', (route) =>
      route.fulfill({ status: 500, json: { message: 'INTERNAL_ERROR' } }),
    );
    await page.reload();
    await page.getByText('It answered 500 INTERNAL_ERROR').waitFor();
    await expectAccessible(page);
    await page.unroute('**/topics?*');
    await page.route('**/topics?*', (route) =>
      route.fulfill({ status: 403, json: { message: 'TLS_REQUIRED', https_port: 4162 } }),
    );
    await page.reload();
    await page.getByText('The page is at 127.0.0.1:4162').waitFor();
  });
});
