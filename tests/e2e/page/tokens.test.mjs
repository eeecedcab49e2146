// SPDX-License-Identifier: MIT
//
// Tokens: asked for once, for the tab; changes say when they need another one. And the changes themselves.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { expectAccessible } from './accessible.mjs';
import { keepPinging, said } from './registry.mjs';
import { picture, rowsOf, Stage, suiteTimeout, timeout, until } from './stage.mjs';

const readToken = 'read-read-read-read-read';
const writeToken = 'write-write-write-write';

function hashed(name, role, token) {
  return execFileSync(process.env.NSQLOOKUPD, ['hash-token', name, role], {
    input: token,
    encoding: 'utf8',
  });
}

async function give(page, token) {
  await page.getByLabel('Token', { exact: true }).fill(token);
  await page.getByRole('button', { name: 'Use it' }).click();
}

describe('tokens', { timeout: suiteTimeout }, () => {
  let directory;
  let auth;
  let stage;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'page-'));
    const file = join(directory, 'tokens');
    await writeFile(
      file,
      hashed('reader', 'read', readToken) + hashed('operator', 'write', writeToken),
      { mode: 0o600 },
    );
    auth = `-http-auth-file=${file}`;
    stage = await Stage.open({ flags: [auth] });
    await stage.producer(said(0), 'clicks archive', 'orders');
  });

  after(async () => {
    await stage.close();
    await rm(directory, { recursive: true });
  });

  it('are asked for, and stay for the tab', { timeout }, async () => {
    const page = await stage.page();
    await page.getByRole('dialog').getByText('A token is needed').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('main').getByText('A token is needed').waitFor();
    await expectAccessible(page);
    await picture(page, 'forbidden');
    await page.getByRole('button', { name: 'Enter a token' }).click();
    await give(page, readToken);
    await page.locator('.figures').waitFor();
    await page.reload();
    await page.locator('.figures').waitFor();
    assert.equal(await page.getByRole('dialog').count(), 0);
    // Pings are from /debug.
    await page.getByText('ages of pings need a write token').waitFor();
    const other = await stage.page();
    await other.getByRole('dialog').getByText('A token is needed').waitFor();
    await other.context().close();
    await page.context().close();
  });

  it('that are wrong leave the page without data', { timeout }, async () => {
    const page = await stage.page();
    await give(page, 'wrong-wrong-wrong-wrong');
    await page.locator('main').getByText('A token is needed').waitFor();
    await page.getByRole('button', { name: 'Enter a token' }).click();
    await give(page, readToken);
    await page.locator('.figures').waitFor();
    await page.context().close();
  });

  it('to read are enough to see why a producer is missing', { timeout }, async () => {
    const flags = [auth, '-event-history=0', '-inactive-producer-timeout=6s'];
    const forgetful = await Stage.open({ flags });
    const producer = await forgetful.producer(said(0), 'clicks archive');
    const silent = await forgetful.producer(said(1), 'clicks archive');
    const stopPinging = keepPinging([producer]);
    const page = await forgetful.page('#/topics/clicks');
    await give(page, readToken);
    const rows = () => rowsOf(page, 'Producers of clicks');
    await until(rows, (found) => found.length === 2 && /^\d+ s$/.test(found[0][3]));
    const tellsOfTheSilentOne = ([first, second]) =>
      first?.[4] === 'listed' && /^silent, heard/.test(second?.[4]);
    await until(rows, tellsOfTheSilentOne);
    await page.reload();
    await until(rows, tellsOfTheSilentOne);
    await silent.ping();
    await until(rows, ([, second]) => second?.[4] === 'listed');
    stopPinging();
    await forgetful.close();
  });

  it('that may write are asked for by a change', { timeout }, async () => {
    const page = await stage.page('#/topics');
    await give(page, readToken);
    await page.getByRole('button', { name: 'Create topic' }).click();
    await page.getByLabel('Topic', { exact: true }).fill('made.here');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByText('A write token is needed').waitFor();
    await give(page, readToken);
    await page.getByText('That is no write token; nothing was changed.').waitFor();
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await give(page, writeToken);
    await until(
      () => rowsOf(page, 'Topics'),
      (rows) => rows.some(([name]) => name === 'made.here'),
    );
    assert.equal(await page.getByRole('dialog').count(), 0);
    await page.context().close();
  });

  it('let an operator tombstone and delete', { timeout }, async () => {
    const page = await stage.page('#/topics/clicks');
    await give(page, writeToken);
    await page.getByRole('button', { name: 'Tombstone nsqd-00' }).click();
    assert.match(
      await page.getByRole('dialog').innerText(),
      /topic clicks leave out the producer 10\.0\.0\.1:4151/,
    );
    await page.getByRole('button', { name: 'Tombstone', exact: true }).click();
    await until(
      () => rowsOf(page, 'Producers of clicks'),
      (rows) => /^tombstoned/.test(rows[0]?.[4]),
    );

    await page.getByRole('button', { name: 'Create channel' }).click();
    await page.getByLabel('Channel', { exact: true }).fill('late');
    await page.keyboard.press('Enter');
    await until(
      () => page.locator('.channels .name').allInnerTexts(),
      (names) => names.join() === 'archive,late',
    );
    await page.getByRole('button', { name: 'Delete channel late' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete channel' }).click();
    await until(
      () => page.locator('.channels .name').allInnerTexts(),
      (names) => names.join() === 'archive',
    );

    await page.getByRole('button', { name: 'Delete topic' }).click();
    const dialog = page.getByRole('dialog');
    assert.match(
      await dialog.innerText(),
      /forgets the topic clicks, with 1 channel and the registrations of 1 producer/,
    );
    await expectAccessible(page);
    await picture(page, 'delete');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await page.getByText('There is no topic clicks').isVisible(), false);
    await page.getByRole('button', { name: 'Delete topic' }).click();
    await dialog.getByRole('button', { name: 'Delete topic' }).click();
    await page.getByText('There is no topic clicks').waitFor();
    await page.context().close();
  });
});
