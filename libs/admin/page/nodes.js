// SPDX-License-Identifier: MIT
//
// All nodes: a map by region and zone, and a table to compare them.
import { el, setAttribute, setText } from './dom.js';
import { face } from './faces.js';
import { createNodeMap } from './node_map.js';
import { stateOf } from './reasons.js';
import { eventsLink, noteQuery } from './router.js';
import { numberColumn, Table, textColumn } from './table.js';
import { absolute, ago, duration } from './time.js';
import { pingAge } from './zones.js';

const states = [
  ['', 'All states'],
  ['silent', 'Silent'],
  ['overdue', 'No ping for a minute'],
  ['restored', 'Restored, awaited'],
];

function columnsFor(model) {
  const ping = (producer) => pingAge(model, producer);
  return [
    textColumn('Host name', 'minmax(6rem, 2fr)', (producer) => producer.host),
    textColumn(
      'Address',
      'minmax(9rem, 2fr)',
      (producer) => `${producer.address}:${producer.tcpPort}`,
      { isWide: true },
    ),
    textColumn('Zone', 'minmax(4rem, 1fr)', (producer) => producer.zone ?? '…'),
    textColumn('Region', 'minmax(5rem, 1fr)', (producer) => producer.region ?? '…', {
      isWide: true,
    }),
    textColumn('Version', '6rem', (producer) => producer.version, { isWide: true }),
    numberColumn('Topics', '4.6rem', (producer) => producer.topics.size),
    {
      ...numberColumn('Last ping', '5.2rem', ping),
      fill(cell, producer) {
        setText(cell, ping(producer) === undefined ? '–' : duration(ping(producer)));
        setAttribute(
          cell,
          'title',
          producer.lastPing > 0 ? absolute(producer.lastPing) : undefined,
        );
      },
    },
    {
      ...textColumn('State', 'minmax(8rem, 1.5fr)', (producer) => stateOf(model, producer).text),
      isWide: true,
      fill(cell, producer) {
        const { kind, text, since } = stateOf(model, producer);
        setText(cell, text);
        setAttribute(cell, 'data-state', kind);
        setAttribute(cell, 'title', since > 0 ? `${text}\nsince ${absolute(since)}` : text);
      },
    },
  ];
}

function includes(producer, wanted) {
  const texts = [
    producer.host,
    producer.address,
    producer.zone ?? '',
    producer.region ?? '',
    producer.version,
  ];
  return texts.some((text) => text.toLowerCase().includes(wanted));
}

export function nodesView(app, { query }) {
  const { model, pings } = app;
  const search = el('input', {
    type: 'search',
    placeholder: 'Search nodes  ( / )',
    'aria-label': 'Search nodes',
    value: query.get('search') ?? '',
    input: onFilter,
  });
  const state = el(
    'select',
    { 'aria-label': 'State', change: onFilter },
    ...states.map(([value, label]) => el('option', { value }, label)),
  );
  state.value = states.some(([value]) => value === query.get('state')) ? query.get('state') : '';
  const count = el('span.count', { role: 'status' }, '');
  const note = el('span.count', {}, '');
  const token = el(
    'button.small',
    { type: 'button', click: () => app.askForToken({ needsWriting: true }) },
    'Enter a write token',
  );
  const map = createNodeMap(model, (producer) => {
    search.value = producer.host;
    onFilter();
  });
  const table = new Table({
    label: 'Nodes',
    columns: columnsFor(model),
    sort: { column: 0, isDescending: false },
    open: (producer) => location.assign(eventsLink({ search: producer.host })),
  });
  const empty = el('div');
  const mapSection = el('section', {}, el('h2', {}, 'By zone ', note, token), map.element);
  const element = el(
    'div.filling.nodes',
    {},
    el('div.tools', {}, el('h1', {}, 'Nodes'), count, search, state),
    mapSection,
    empty,
    table.element,
  );

  function onFilter() {
    noteQuery({ search: search.value, state: state.value });
    table.element.scrollTop = 0;
    update();
  }

  function clear() {
    search.value = '';
    state.value = '';
    onFilter();
  }

  function updateNote() {
    const notes = {
      forbidden: 'Ages of pings are from /debug, which needs a write token.',
      failed: 'Pings could not be read; the page tries again.',
    };
    setText(
      note,
      notes[pings.state] ?? (model.pingsAt > 0 ? `last pings, as of ${ago(model.pingsAt)}` : ''),
    );
    token.hidden = pings.state !== 'forbidden';
  }

  function update() {
    const wanted = search.value.trim().toLowerCase();
    const shown = [...model.producers.values()].filter(
      (each) =>
        includes(each, wanted) && (state.value === '' || stateOf(model, each).kind === state.value),
    );
    const all = model.producers.size.toLocaleString('en');
    setText(
      count,
      shown.length === model.producers.size
        ? all
        : `${shown.length.toLocaleString('en')} of ${all}`,
    );
    updateNote();
    map.update();
    table.show(shown);
    table.element.hidden = shown.length === 0;
    mapSection.hidden = model.producers.size === 0;
    showEmpty(shown.length === 0);
  }

  function showEmpty(isEmpty) {
    const key = isEmpty ? `${model.producers.size === 0}` : '';
    if (empty.dataset.key === key) {
      return;
    }
    empty.dataset.key = key;
    if (!isEmpty) {
      empty.replaceChildren();
    } else if (model.producers.size === 0) {
      const text =
        'No nsqd is connected. Start one with -lookupd-tcp-address and this server’s TCP port, 4160 unless set.';
      empty.replaceChildren(face('empty', 'No nodes', text));
    } else {
      empty.replaceChildren(
        face(
          'empty',
          'No node is like that',
          'Search looks at host name, address, zone, region and version.',
          [['Show all', clear]],
        ),
      );
    }
  }

  return { element, update };
}
