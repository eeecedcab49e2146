// SPDX-License-Identifier: MIT
//
// The keyboard alone: from the skip link through search and tables to a dialog.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { fill } from './registry.mjs';
import { rowsOf, Stage, suiteTimeout, timeout, until } from './stage.mjs';

describe('the keyboard', { timeout: suiteTimeout }, () => {
  let stage;

  before(async () => {
    stage = await Stage.open();
    await fill(stage);
  });

  after(() => stage.close());

  function focused(page) {
    return page.evaluate(() => {
      const { activeElement } = document;
      return (
        activeElement.ariaLabel ??
        (activeElement.innerText || activeElement.id).trim().split('\n')[0]
      );
    });
  }

  function activeRow(page) {
    return page.getByRole('grid').evaluate((grid) => {
      const row = document.getElementById(grid.getAttribute('aria-activedescendant'));
      return row?.ariaSelected === 'true' ? row.firstChild.innerText : undefined;
    });
  }

  it('skips to the content', { timeout }, async () => {
    const page = await stage.livePage('#/topics');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Skip to the content');
    const outline = await page.evaluate(
      () => getComputedStyle(document.activeElement).outlineStyle,
    );
    assert.equal(outline, 'solid');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.equal(await focused(page), 'Search topics');
    assert.match(page.url(), /#\/topics$/);
    await page.context().close();
  });

  it('goes from the search to a topic and back', { timeout }, async () => {
    const page = await stage.livePage('#/');
    for (const expected of ['Skip to the content', 'nsqlookupd', 'Overview', 'Topics']) {
      await page.keyboard.press('Tab');
      assert.equal(await focused(page), expected);
    }
    await page.keyboard.press('Enter');
    await page.getByRole('grid', { name: 'Topics' }).waitFor();
    await page.keyboard.press('/');
    assert.equal(await focused(page), 'Search topics');
    await page.keyboard.type('in');
    await until(
      () => rowsOf(page, 'Topics'),
      (rows) => rows.length === 3,
    );
    while ((await focused(page)) !== 'Topics') {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('ArrowDown');
    assert.equal(await activeRow(page), 'invoices');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('End');
    assert.equal(await activeRow(page), 'search.index');
    await page.keyboard.press('Enter');
    await page.locator('h1', { hasText: 'search.index' }).waitFor();
    await page.goBack();
    await until(
      () => page.getByRole('searchbox').inputValue(),
      (value) => value === 'in',
    );
    await page.context().close();
  });

  it('sorts, and moves where rows are not drawn yet', { timeout }, async () => {
    const page = await stage.livePage('#/events');
    await page.getByRole('grid').focus();
    await page.keyboard.press('End');
    await until(
      () => page.getByRole('grid').evaluate((grid) => grid.scrollTop),
      (top) => top > 1_000,
    );
    const last = await page.getByRole('grid').evaluate((grid) => {
      const row = document.getElementById(grid.getAttribute('aria-activedescendant'));
      return Number(row.ariaRowIndex) === Number(grid.ariaRowCount);
    });
    assert.ok(last);
    await page.keyboard.press('Home');
    await page.keyboard.press('PageDown');
    await page.goto(`${stage.server.page}#/nodes`);
    await page.getByRole('button', { name: 'Topics', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page
      .locator('[role=columnheader][aria-sort=descending]', { hasText: 'Topics' })
      .waitFor();
    await page.context().close();
  });

  it('creates a topic', { timeout }, async () => {
    const page = await stage.livePage('#/topics');
    await page.getByRole('button', { name: 'Create topic' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.type('not a name');
    await page.keyboard.press('Enter');
    assert.equal(await page.getByRole('dialog').count(), 1);
    await page.keyboard.press('Control+A');
    await page.keyboard.type('by.keyboard');
    await page.keyboard.press('Enter');
    await until(
      () => rowsOf(page, 'Topics'),
      (rows) => rows.some(([name]) => name === 'by.keyboard'),
    );
    assert.equal(await focused(page), 'Create topic');
    await page.context().close();
  });
});
