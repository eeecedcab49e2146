// SPDX-License-Identifier: MIT
//
// The last hour, a bar for each minute, a row for each family of changes. All rows have one scale,
// that of square roots: one change stays visible beside thousands.
import { el, setAttribute, setText, svg } from './dom.js';
import { minutes } from './history.js';
import { families } from './kinds.js';
import { clock } from './time.js';

const height = 24;

function newRow(family) {
  const bars = Array.from({ length: minutes }, (_, at) => {
    const title = svg('title');
    return { title, bar: svg('rect', { x: at + 0.12, width: 0.76, y: height, height: 0 }, title) };
  });
  const total = el('td.number', {}, '');
  const picture = svg(
    'svg',
    {
      viewBox: `0 0 ${minutes} ${height}`,
      preserveAspectRatio: 'none',
      class: family.name,
      'aria-hidden': 'true',
    },
    ...bars.map(({ bar }) => bar),
  );
  const element = el(
    'tr',
    {},
    el('th', { scope: 'row' }, family.label),
    el('td.bars', {}, picture),
    total,
  );
  return { element, bars, total };
}

export function createStrip() {
  const rows = families.map(newRow);
  const axis = el(
    'tr.axis',
    { 'aria-hidden': 'true' },
    el('td'),
    el('td.bars', {}, el('span', {}, '60 min ago'), el('span', {}, '30'), el('span', {}, 'now')),
    el('td'),
  );
  const head = el(
    'tr.unseen',
    {},
    el('th', { scope: 'col' }, 'Changes'),
    el('th', { scope: 'col' }, 'Minute by minute'),
    el('th', { scope: 'col' }, 'In the last hour'),
  );
  const element = el(
    'table.strip',
    {},
    el('thead', {}, head),
    el('tbody', {}, ...rows.map((row) => row.element), axis),
  );

  function update(perMinute) {
    const most = Math.max(1, ...perMinute.flatMap(({ counts }) => counts));
    rows.forEach(({ bars, total }, family) => {
      let sum = 0;
      perMinute.forEach(({ begin, counts }, at) => {
        const count = counts[family] ?? 0;
        const tall = count === 0 ? 0 : Math.max(2, height * Math.sqrt(count / most));
        sum += count;
        setAttribute(bars[at].bar, 'height', tall.toFixed(1));
        setAttribute(bars[at].bar, 'y', (height - tall).toFixed(1));
        setText(bars[at].title, `${clock(begin)} UTC: ${count}`);
      });
      setText(total, sum.toLocaleString('en'));
      total.classList.toggle('none', sum === 0);
    });
  }

  return { element, update };
}
