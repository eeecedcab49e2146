// SPDX-License-Identifier: MIT
//
// Which topic is where: a row of cells for a table, a cell for each zone; and for one topic a square
// for each node there is.
import { el, setAttribute, svg } from './dom.js';
import { zonesOf } from './zones.js';

const mostZones = 8;
const inRow = 28;
const pitch = 11;

// Index of a zone's cell; zones beyond the last share that one.
function cellOf(zones, producer) {
  const { region = '', zone = '' } = producer;
  const at = zones.findIndex((each) => each.region === region && each.zone === zone);
  return Math.min(at, mostZones - 1);
}

/** Cells for `fillZoneCells`. */
export function zoneCells() {
  const cells = Array.from({ length: mostZones }, (_, at) =>
    svg('rect', { x: at * 14, y: 0, width: 12, height: 12, rx: 2 }, svg('title')),
  );
  return svg(
    'svg',
    { class: 'cells', width: mostZones * 14, height: 12, 'aria-hidden': 'true' },
    ...cells,
  );
}

/** In how many of its zones a topic is, for those who see no cells. */
export function zoneCount(topic) {
  return new Set([...topic.producers].map(({ region = '', zone = '' }) => `${region}/${zone}`))
    .size;
}

/** Shows by lightness how many producers a topic has in each zone. */
export function fillZoneCells(picture, model, topic) {
  const zones = zonesOf(model);
  const counts = new Array(mostZones).fill(0);
  for (const producer of topic.producers) {
    counts[cellOf(zones, producer)] += 1;
  }
  counts.forEach((count, at) => {
    const cell = picture.children[at];
    const isLast = at === mostZones - 1 && zones.length > mostZones;
    setAttribute(cell, 'class', at < zones.length ? `n${Math.min(count, 4)}` : 'none');
    cell.firstChild.textContent =
      at < zones.length ? `${isLast ? 'other zones' : zones[at].label}: ${count}` : '';
  });
}

function squaresOf(topic, producers) {
  return producers.map((producer, at) => {
    const step = !topic.producers.has(producer)
      ? 'not'
      : topic.tombstones.has(producer)
        ? 'tombstoned'
        : 'has';
    const position = { x: (at % inRow) * pitch + 1, y: Math.floor(at / inRow) * pitch + 1 };
    return svg(
      'rect',
      { ...position, width: 9, height: 9, rx: 1.5, class: step },
      svg('title', {}, producer.host),
    );
  });
}

/** A picture of all nodes, with those of a topic filled. */
export function createTopicMap(model) {
  const element = el('div.topic-map', { role: 'img' });

  function update(topic) {
    const groups = zonesOf(model).map(({ region, label, producers }) => {
      const rows = Math.ceil(producers.length / inRow);
      const count = producers.filter((each) => topic.producers.has(each)).length;
      const width = Math.min(inRow, producers.length) * pitch + 1;
      const picture = svg(
        'svg',
        { width, height: rows * pitch + 1, viewBox: `0 0 ${width} ${rows * pitch + 1}` },
        ...squaresOf(topic, producers),
      );
      const name = region !== '' && region !== label ? `${region} · ${label}` : label;
      const head = el(
        'p.zone',
        {},
        el('span', {}, name),
        el('span.count', {}, `${count} of ${producers.length}`),
      );
      return el('div', {}, head, picture);
    });
    element.replaceChildren(...groups);
    setAttribute(
      element,
      'aria-label',
      `The topic is on ${topic.producers.size} of ${model.producers.size} nodes`,
    );
  }

  return { element, update };
}
