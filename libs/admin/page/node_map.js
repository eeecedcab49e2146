// SPDX-License-Identifier: MIT
//
// Nodes by region and zone, each a tile that is the more striking the longer its last ping is ago.
// The table beside it has the same for those who cannot see it, so it is one picture to them.
import { el, setAttribute, setText } from './dom.js';
import { duration } from './time.js';
import { freshness, freshnessSteps, pingAge, zonesOf } from './zones.js';

// More of them are tiles without texts.
const mostWithNames = 60;

function titleOf(model, producer) {
  const age = pingAge(model, producer);
  const heard =
    age === undefined ? 'last ping not known' : `last ping ${duration(age)} before pings were read`;
  return `${producer.host} · ${producer.address}:${producer.tcpPort}\n${heard}\n${producer.topics.size} topics`;
}

/** `pick(producer)` is for a click. */
export function createNodeMap(model, pick = () => {}) {
  const picture = el('div.map', { role: 'img', mouseover: onHover, click: onClick });
  const used = el(
    'ul.legend',
    {},
    ...freshnessSteps.map(([step, words]) =>
      el('li', {}, el('span.tile', { 'data-age': step }), words),
    ),
  );
  const none = el('p.none', {}, 'No nsqd is connected.');
  const element = el('div', {}, picture, none, used);
  let tiles = [];
  let version = -1;

  function producerOf(event) {
    return tiles[Number(event.target.closest('[data-at]')?.dataset.at ?? -1)]?.producer;
  }

  function onHover(event) {
    const producer = producerOf(event);
    if (producer !== undefined) {
      setAttribute(event.target.closest('[data-at]'), 'title', titleOf(model, producer));
    }
  }

  function onClick(event) {
    const producer = producerOf(event);
    if (producer !== undefined) {
      pick(producer);
    }
  }

  function newTile(producer, hasName) {
    const at = { 'data-at': tiles.length };
    const age = hasName ? el('span.age', {}, '') : undefined;
    const tile = hasName
      ? el('span.tile.named', at, el('span.host', {}, producer.host), age)
      : el('span.tile', at);
    tiles.push({ tile, age, producer });
    return tile;
  }

  function build() {
    const hasNames = model.producers.size <= mostWithNames;
    picture.classList.toggle('dense', !hasNames);
    tiles = [];
    const regions = new Map();
    for (const { region, label, producers } of zonesOf(model)) {
      const head = el(
        'p.zone',
        {},
        el('span', {}, label),
        el('span.count', {}, String(producers.length)),
      );
      const group = el(
        'div.group',
        {},
        head,
        el('div.tiles', {}, ...producers.map((each) => newTile(each, hasNames))),
      );
      regions.set(region, [...(regions.get(region) ?? []), group]);
    }
    const hasRegions = regions.size > 1 || !regions.has('');
    picture.hidden = model.producers.size === 0;
    none.hidden = !picture.hidden;
    picture.replaceChildren(
      ...[...regions].map(([region, groups]) =>
        el(
          'div.region',
          {},
          ...(hasRegions ? [el('p.name', {}, region || 'no region')] : []),
          el('div.groups', {}, ...groups),
        ),
      ),
    );
  }

  function update() {
    if (version !== model.producersVersion) {
      version = model.producersVersion;
      build();
    }
    const counts = {};
    for (const { tile, age, producer } of tiles) {
      const step = freshness(model, producer);
      counts[step] = (counts[step] ?? 0) + 1;
      if (tile.dataset.age !== step) {
        tile.dataset.age = step;
      }
      if (age !== undefined) {
        const length = pingAge(model, producer);
        setText(age, step === 'silent' ? 'silent' : length === undefined ? '' : duration(length));
      }
    }
    const words = freshnessSteps
      .filter(([step]) => counts[step] > 0)
      .map(([step, text]) => `${counts[step]} ${text}`);
    setAttribute(
      picture,
      'aria-label',
      `Nodes by zone, by the age of their last ping: ${words.join(', ')}`,
    );
    freshnessSteps.forEach(([step], at) => {
      used.children[at].hidden = !(counts[step] > 0);
    });
  }

  return { element, update };
}
