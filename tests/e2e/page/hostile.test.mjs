// SPDX-License-Identifier: MIT
//
// Clients choose their host names, addresses, zones and versions: none of it is markup, none of it
// breaks the layout.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { picture, rowsOf, Stage, suiteTimeout, timeout, until } from './stage.mjs';

const script = '<img src=x onerror="window.isBroken=true"><script>window.isBroken=true</script>';
const long = 'x'.repeat(5_000);
const hostnames = [
  script,
  `"]}],"client::":[{"id":"`,
  `}]${'}]'.repeat(20)}`,
  `\u202Egnp.exe\u0000\u0007\n\r\t`,
  '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ́́́́́́́́́ 🧨',
  long,
  '__proto__',
  'constructor',
];
const topics = [
  '__proto__',
  'constructor',
  'toString',
  '....',
  `${'w'.repeat(64)}`,
  '-',
  'a#ephemeral',
];

describe('hostile clients', { timeout: suiteTimeout }, () => {
  let stage;

  before(async () => {
    stage = await Stage.open();
    for (const [number, hostname] of hostnames.entries()) {
      const said = {
        hostname,
        broadcast_address:
          number % 2 === 0 ? `10.0.0.${number + 1}` : `${script}${hostname}`.slice(0, 3_000),
        version: script,
        topology_zone: hostname,
        topology_region: number % 2 === 0 ? script : long,
        tcp_port: -(2 ** 53),
      };
      await stage.producer(said, ...topics, ...topics.map((topic) => `${topic} ${topic}`));
    }
  });

  after(() => stage.close());

  async function check(page, name) {
    assert.equal(await page.evaluate(() => window.isBroken), undefined);
    assert.equal(
      await page.evaluate(() => document.querySelectorAll('main img, main script').length),
      0,
    );
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(width, page.viewportSize().width, name);
    const inner = await page.evaluate(() => [
      document.querySelector('main').scrollWidth,
      document.querySelector('main').clientWidth,
    ]);
    assert.equal(inner[0], inner[1], `${name}: the content is wider than the window`);
    await picture(page, name);
  }

  for (const viewport of [
    { width: 360, height: 740 },
    { width: 1440, height: 900 },
  ]) {
    it(
      `neither run scripts nor break the layout at ${viewport.width} px`,
      { timeout },
      async () => {
        const page = await stage.livePage('#/', { viewport });
        await page.locator('.map .tile[data-age=fresh]').first().waitFor();
        await check(page, `hostile-overview-${viewport.width}`);
        for (const view of [
          'topics',
          'nodes',
          'events',
          'topics/__proto__',
          `topics/${'w'.repeat(64)}`,
        ]) {
          await page.goto(`${stage.server.page}#/${view}`);
          await page.getByRole('grid').waitFor();
          await page.locator('.rows > .row').first().waitFor();
          await check(page, `hostile-${view.replace('/', '-').slice(0, 20)}-${viewport.width}`);
        }
        await page.context().close();
      },
    );
  }

  it('are shown as they are', { timeout }, async () => {
    const page = await stage.livePage('#/nodes');
    const hosts = await until(
      async () => (await rowsOf(page, 'Nodes')).map(([host]) => host),
      (found) => found.length === hostnames.length,
    );
    assert.ok(hosts.includes(script), hosts.join());
    assert.ok(hosts.includes('__proto__'));
    // Their brackets and quotes did not confuse the reading of /debug.
    await until(
      () => page.locator('.map .tile[data-age=fresh]').count(),
      (count) => count === hostnames.length,
    );
    await page.goto(`${stage.server.page}#/topics`);
    const rows = await until(
      () => rowsOf(page, 'Topics'),
      (found) => found.length === topics.length && found.every((row) => row[2] === '1'),
    );
    assert.deepEqual(
      rows.map((row) => row[1]),
      topics.map(() => String(hostnames.length)),
    );
    await page.getByRole('link', { name: 'a#ephemeral' }).click();
    await until(
      () => rowsOf(page, 'Producers of a#ephemeral'),
      (found) => found.length === hostnames.length,
    );
    await page.context().close();
  });

  it('find nothing to follow in the address', { timeout }, async () => {
    const page = await stage.livePage(`#/topics/${encodeURIComponent(script)}`);
    await page.getByText('There is no topic <img').waitFor();
    await check(page, 'hostile-address');
    await page.context().close();
  });
});
