// SPDX-License-Identifier: MIT
//
// One topic: its producers and why one is missing from lookups, its channels, where it is, its last changes.
import { createChannel, createTopic, deleteChannel, deleteTopic, tombstone } from './actions.js';
import { changeLines } from './change_lines.js';
import { el, setAttribute, setText } from './dom.js';
import { ExplainedTopic } from './explained.js';
import { face } from './faces.js';
import { producerKey } from './history.js';
import { stateInTopic } from './reasons.js';
import { eventsLink } from './router.js';
import { numberColumn, Table, textColumn } from './table.js';
import { absolute, duration } from './time.js';
import { createTopicMap } from './topic_map.js';
import { WatchedTopic } from './watched.js';
import { pingAge } from './zones.js';

const mostLeft = 20;
const lastChanges = 12;

// A row is a producer that has the topic; or one of which only /explain tells: one that left, or that
// fell silent before the page was opened.
function rowsOf(topic, explained) {
  const here = [...topic.producers].map((producer) => ({
    key: producer.key,
    producer,
    host: producer.host,
    address: `${producer.address}:${producer.tcpPort}`,
    zone: producer.zone ?? '…',
  }));
  const known = new Set(here.map((row) => row.address));
  const told = explained.producers
    .map((each) => ({
      key: producerKey(each),
      told: each,
      host: each.hostname || each.broadcast_address,
      address: `${each.broadcast_address}:${each.tcp_port}`,
      zone: each.topology_zone,
    }))
    .filter((row) => !known.has(row.address));
  const silent = told.filter((row) => row.told.because.startsWith('silent'));
  return [...here, ...silent, ...told.filter(hasLeft).slice(0, mostLeft)];
}

function hasLeft(row) {
  return row.told?.known_by === 'events';
}

// Those that left come last.
function byHost(a, b) {
  return (
    Number(hasLeft(a)) - Number(hasLeft(b)) ||
    (a.host < b.host ? -1 : Number(a.host > b.host))
  );
}

function stateColumn(app, topicOf, watched, ping) {
  function stateOf(row) {
    const state = stateInTopic(app.model, topicOf(), row, ping(row));
    // A lookup and the changes come by two streams: for a moment one may be ahead.
    return state.kind === 'listed' && !watched.hasListed(row.producer)
      ? { ...state, text: 'not in lookups yet' }
      : state;
  }
  return {
    ...textColumn('State', 'minmax(6rem, 2.6fr)', (row) => stateOf(row).text),
    fill(cell, row) {
      const { kind, text, since } = stateOf(row);
      setText(cell, text);
      setAttribute(cell, 'data-state', kind);
      setAttribute(cell, 'title', since > 0 ? `${text}\nsince ${absolute(since)}` : text);
    },
  };
}

function columnsFor(app, topicOf, watched, explained) {
  const { model } = app;
  const ping = ({ producer }) =>
    producer === undefined
      ? undefined
      : (explained.pingAge(producer) ?? pingAge(model, producer));
  const heard = ({ producer }) => explained.heard.get(producer?.key) ?? producer?.lastPing;
  return [
    { ...textColumn('Producer', 'minmax(5rem, 2fr)', (row) => row.host), order: byHost },
    textColumn('Address', 'minmax(8rem, 2fr)', (row) => row.address, { isWide: true }),
    textColumn('Zone', 'minmax(4rem, 1fr)', (row) => row.zone, { isWide: true }),
    {
      ...numberColumn('Last ping', '5.5rem', ping, { isWide: true }),
      fill(cell, row) {
        setText(cell, ping(row) === undefined ? '–' : duration(ping(row)));
        setAttribute(
          cell,
          'title',
          heard(row) > 0 ? absolute(heard(row)) : undefined,
        );
      },
    },
    stateColumn(app, topicOf, watched, ping),
    {
      label: 'Action',
      width: '6rem',
      isPicture: true,
      build: (cell) => cell.append(el('button.small', { type: 'button' }, 'Tombstone')),
      fill(cell, row) {
        const button = cell.firstChild;
        button.hidden = row.producer === undefined;
        button.onclick = () => tombstone(app, topicOf().name, row.producer);
        setAttribute(button, 'aria-label', `Tombstone ${row.host}`);
      },
    },
  ];
}

function missing(app, name) {
  const create = ['Create a topic', () => createTopic(app)];
  const text =
    'Nobody has registered it, or it was deleted. It shows here as soon as there is one.';
  return face('empty', `There is no topic ${name}`, text, [
    create,
    ['All topics', () => location.assign('#/topics')],
  ]);
}

export function topicView(app, { topic: name }) {
  const { model } = app;
  const watched = new WatchedTopic(name, app.draw);
  const explained = new ExplainedTopic(name, app.draw);
  const topicOf = () => model.topics.get(name);
  const table = new Table({
    label: `Producers of ${name}`,
    columns: columnsFor(app, topicOf, watched, explained),
    sort: { column: 0, isDescending: false },
  });
  const map = createTopicMap(model);
  const count = el('span.count', {}, '');
  const channelCount = el('span.count', {}, '');
  const channels = el('ul.channels');
  const changes = el('ul.changes');
  const noProducers = el(
    'p.none',
    {},
    'No producer has this topic: consumers that look it up find nobody.',
  );
  let shownChannels;
  let shownMap = '';

  const content = el(
    'div.columns',
    {},
    el(
      'div',
      {},
      el('section', {}, el('h2', {}, 'Producers ', count), noProducers, table.element),
      el(
        'section',
        {},
        el('h2', {}, 'Last changes ', el('a', { href: eventsLink({ topic: name }) }, 'all')),
        changes,
      ),
    ),
    el(
      'div',
      {},
      el('section', {}, el('h2', {}, 'Channels ', channelCount), channels),
      el('section', {}, el('h2', {}, 'Where it is'), map.element),
    ),
  );
  const buttons = el(
    'div.actions',
    {},
    el('button', { type: 'button', click: () => createChannel(app, name) }, 'Create channel'),
    el(
      'button.danger',
      { type: 'button', click: () => deleteTopic(app, topicOf()) },
      'Delete topic',
    ),
  );
  const none = missing(app, name);
  const crumbs = el('a.up', { href: '#/topics' }, 'Topics');
  const element = el(
    'div.topic',
    {},
    el('div.tools', {}, el('h1', { title: name }, crumbs, el('span.name', {}, name)), buttons),
    none,
    content,
  );
  table.element.classList.add('short');

  function updateChannels() {
    const names = watched.channels ?? [];
    const key = names.join(' ');
    if (key === shownChannels) {
      return;
    }
    shownChannels = key;
    setText(channelCount, names.length);
    const items = names.map((channel) =>
      el(
        'li',
        {},
        el('span.name', { title: channel }, channel),
        el(
          'button.small',
          {
            type: 'button',
            'aria-label': `Delete channel ${channel}`,
            click: () => deleteChannel(app, name, channel),
          },
          'Delete',
        ),
      ),
    );
    channels.replaceChildren(
      ...(items.length > 0
        ? items
        : [el('li.none', {}, 'No channel: messages wait at the nsqds until a consumer comes.')]),
    );
  }

  function update() {
    const topic = topicOf();
    none.hidden = topic !== undefined;
    content.hidden = buttons.hidden = topic === undefined;
    if (topic === undefined) {
      return;
    }
    const [last] = model.history.last(1, (change) => change.topic === name);
    explained.noteChange(last?.revision);
    const rows = rowsOf(topic, explained);
    const gone = rows.filter(hasLeft).length;
    setText(
      count,
      gone > 0 ? `${topic.producers.size}, and ${gone} that left` : topic.producers.size,
    );
    noProducers.hidden = topic.producers.size > 0;
    table.element.hidden = rows.length === 0;
    table.show(rows);
    updateChannels();
    const mapKey = `${model.producersVersion} ${[...topic.producers].map((each) => each.key)} ${topic.tombstones.size}`;
    if (mapKey !== shownMap) {
      shownMap = mapKey;
      map.update(topic);
    }
    changes.replaceChildren(
      ...changeLines(model.history.lastGroups(lastChanges, (change) => change.topic === name)),
    );
    if (changes.childElementCount === 0) {
      changes.append(
        el('li.none', {}, 'None of the changes that the server remembers is about this topic.'),
      );
    }
  }

  function close() {
    watched.close();
    explained.close();
  }

  return { element, update, close };
}
