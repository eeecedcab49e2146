// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Expects that axe-core finds no fault in the page as it is now. */
export async function expectAccessible(page) {
  // Not by a script element, which the page's policy would refuse.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }));
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((each) => each.html.slice(0, 160)).join(' ')}`,
  );
  assert.deepEqual(found, []);
}
