// SPDX-License-Identifier: MIT
//
// Dark and light, narrow and wide, and for those who do not see the page: axe-core finds no fault.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { expectAccessible } from './accessible.mjs';
import { fill, keepPinging, said } from './registry.mjs';
import { picture, Stage, suiteTimeout, timeout } from './stage.mjs';

const views = {
  overview: '#/',
  topics: '#/topics',
  topic: '#/topics/clicks',
  nodes: '#/nodes',
  events: '#/events',
};

async function lightnessOf(page, selector) {
  const colour = await page
    .locator(selector)
    .first()
    .evaluate((element) => getComputedStyle(element).backgroundColor);
  const [red, green, blue] = colour.match(/\d+/g).map(Number);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('the looks', { timeout: suiteTimeout }, () => {
  let stage;
  let stopPinging;

  before(async () => {
    stage = await Stage.open({ flags: ['-inactive-producer-timeout=20s'] });
    const producers = await fill(stage);
    stopPinging = keepPinging(producers.slice(0, 17));
    await stage.post('topic/tombstone?topic=clicks&node=10.0.1.2:4151');
    await producers[17].close();
    // So that one of them is silent.
    await stage.producer({ ...said(18), hostname: 'nsqd-quiet' }, 'clicks');
    const page = await stage.livePage('#/events?kind=producer_silent');
    await page.locator('.rows > .row', { hasText: 'nsqd-quiet' }).waitFor({ timeout: 60_000 });
    await page.context().close();
  });

  after(async () => {
    stopPinging();
    await stage.close();
  });

  for (const colorScheme of ['light', 'dark']) {
    for (const width of [360, 1440]) {
      it(`are right in ${colorScheme} at ${width} px`, { timeout }, async () => {
        const page = await stage.livePage('#/', {
          colorScheme,
          viewport: { width, height: width === 360 ? 740 : 900 },
        });
        for (const [name, view] of Object.entries(views)) {
          await page.goto(stage.server.page + view);
          await page.locator('main h1').waitFor({ state: 'attached' });
          await page
            .locator(name === 'overview' ? '.warnings .title' : '.rows > .row')
            .first()
            .waitFor();
          // Width does not change colours, nor colours the roles: two of the four have it all.
          if ((colorScheme === 'dark') === (width === 360)) {
            await expectAccessible(page);
          }
          assert.equal(
            await page.evaluate(() => document.documentElement.scrollWidth),
            width,
            name,
          );
          await picture(page, `${name}-${colorScheme}-${width}`);
        }
        const [ground, ink] = [await lightnessOf(page, 'body'), colorScheme === 'light'];
        assert.equal(ground > 128, ink);
        await page.context().close();
      });
    }
  }

  it('differ in lightness where colours mean something', { timeout }, async () => {
    for (const colorScheme of ['light', 'dark']) {
      const page = await stage.livePage('#/nodes', { colorScheme });
      await page.locator('.map .tile[data-age=silent]').waitFor();
      const fresh = await lightnessOf(page, '.map .tile[data-age=fresh]');
      const silent = await lightnessOf(page, '.map .tile[data-age=silent]');
      assert.ok(Math.abs(fresh - silent) > 60, `${colorScheme}: ${fresh}, ${silent}`);
      await page.context().close();
    }
  });

  it('tell of all that needs somebody', { timeout }, async () => {
    const page = await stage.livePage('#/');
    await page.getByRole('link', { name: '1 silent producer' }).click();
    await page.locator('.rows > .row', { hasText: 'nsqd-quiet' }).waitFor();
    await page.locator('[data-state=silent]', { hasText: 'silent, heard' }).waitFor();
    await page.context().close();
  });

  it('of dialogs and faces are accessible', { timeout }, async () => {
    const page = await stage.livePage('#/topics');
    await page.getByRole('button', { name: 'Create topic' }).click();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.getByRole('searchbox').fill('none is like this');
    await page.getByText('No topic is like that').waitFor();
    await expectAccessible(page);
    await page.goto(`${stage.server.page}#/topics/nowhere`);
    await page.getByText('There is no topic nowhere').waitFor();
    await expectAccessible(page);
    await page.context().close();
  });
});
