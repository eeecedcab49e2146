// SPDX-License-Identifier: MIT
//
// All topics: searched, sorted, those without producers alone.
import { createTopic } from './actions.js';
import { el, setAttribute, setText } from './dom.js';
import { face } from './faces.js';
import { noteQuery, topicLink } from './router.js';
import { linkColumn, numberColumn, Table } from './table.js';
import { absolute, duration, now } from './time.js';
import { fillZoneCells, zoneCells, zoneCount } from './topic_map.js';

function noteOf(topic) {
  if (topic.producers.size === 0) {
    return topic.since === undefined
      ? 'no producers'
      : `no producers for ${duration(now() - topic.since)}`;
  }
  return topic.tombstones.size > 0 ? `${topic.tombstones.size} tombstoned` : '';
}

function columnsFor(model) {
  return [
    linkColumn('Topic', 'minmax(8rem, 30rem)', (topic) => ({
      text: topic.name,
      href: topicLink(topic.name),
    })),
    numberColumn('Producers', '6.5rem', (topic) => topic.producers.size),
    numberColumn('Channels', '6rem', (topic) => topic.channels),
    {
      label: 'Zones',
      width: '9rem',
      isWide: true,
      isPicture: true,
      order: (a, b) => zoneCount(a) - zoneCount(b),
      build: (cell) => cell.append(zoneCells(), el('span.unseen', {}, '')),
      fill(cell, topic) {
        fillZoneCells(cell.firstChild, model, topic);
        setText(cell.lastChild, `in ${zoneCount(topic)}`);
      },
    },
    {
      label: 'Note',
      width: 'minmax(10rem, 1fr)',
      isWide: true,
      order: (a, b) =>
        (a.since ?? Infinity) - (b.since ?? Infinity) || b.tombstones.size - a.tombstones.size,
      fill(cell, topic) {
        setText(cell, noteOf(topic));
        setAttribute(cell, 'title', topic.since === undefined ? undefined : absolute(topic.since));
        cell.classList.toggle('warn', topic.producers.size === 0);
      },
    },
  ];
}

export function topicsView(app, { query }) {
  const { model } = app;
  const search = el('input', {
    type: 'search',
    placeholder: 'Search topics  ( / )',
    'aria-label': 'Search topics',
    value: query.get('search') ?? '',
    input: onFilter,
  });
  const ghosts = el('input', { type: 'checkbox', change: onFilter });
  ghosts.checked = query.get('state') === 'ghosts';
  const count = el('span.count', { role: 'status' }, '');
  const table = new Table({
    label: 'Topics',
    columns: columnsFor(model),
    sort: { column: 0, isDescending: false },
    open: (topic) => location.assign(topicLink(topic.name)),
  });
  const empty = el('div');
  const element = el(
    'div.filling',
    {},
    el(
      'div.tools',
      {},
      el('h1', {}, 'Topics'),
      count,
      search,
      el('label.check', {}, ghosts, 'Without producers'),
      el('button.primary', { type: 'button', click: () => createTopic(app) }, 'Create topic'),
    ),
    empty,
    table.element,
  );

  function onFilter() {
    noteQuery({ search: search.value, state: ghosts.checked ? 'ghosts' : '' });
    table.element.scrollTop = 0;
    update();
  }

  function update() {
    const wanted = search.value.trim().toLowerCase();
    const shown = [...model.topics.values()].filter(
      (topic) =>
        topic.name.toLowerCase().includes(wanted) &&
        (!ghosts.checked || topic.producers.size === 0),
    );
    const all = model.topics.size.toLocaleString('en');
    setText(
      count,
      shown.length === model.topics.size ? all : `${shown.length.toLocaleString('en')} of ${all}`,
    );
    table.show(shown);
    table.element.hidden = shown.length === 0;
    showEmpty(shown.length === 0, wanted);
  }

  function showEmpty(isEmpty, wanted) {
    const key = isEmpty ? `${wanted} ${ghosts.checked} ${model.topics.size === 0}` : '';
    if (empty.dataset.key === key) {
      return;
    }
    empty.dataset.key = key;
    if (!isEmpty) {
      empty.replaceChildren();
    } else if (model.topics.size === 0) {
      const text =
        'An nsqd makes a topic known when it registers. Point one here: -lookupd-tcp-address. Or create one.';
      empty.replaceChildren(
        face('empty', 'No topics yet', text, [['Create topic', () => createTopic(app)]]),
      );
    } else if (wanted === '') {
      empty.replaceChildren(
        face('empty', 'Every topic has producers', 'There is nothing to do here.', [
          ['Show all', clear],
        ]),
      );
    } else {
      empty.replaceChildren(
        face(
          'empty',
          'No topic is like that',
          `None of ${model.topics.size} has “${wanted}” in its name.`,
          [['Show all', clear]],
        ),
      );
    }
  }

  function clear() {
    search.value = '';
    ghosts.checked = false;
    onFilter();
    search.focus();
  }

  return { element, update };
}
