// SPDX-License-Identifier: MIT
//
// The changes as they come: filtered, and paused, by hand or by reading on below the newest.
import { el, setAttribute, setText } from './dom.js';
import { face } from './faces.js';
import { families, familyOf, kinds, wordsOf } from './kinds.js';
import { noteQuery, topicLink } from './router.js';
import { linkColumn, Table, textColumn } from './table.js';
import { absolute, ago } from './time.js';

function producerOf({ producer }) {
  return producer === null
    ? ''
    : `${producer.hostname || producer.broadcast_address}:${producer.tcp_port}`;
}

const columns = [
  {
    label: 'Time',
    width: '7rem',
    build: (cell) => cell.append(el('time')),
    fill(cell, { time }) {
      setText(cell.firstChild, ago(time));
      setAttribute(cell.firstChild, 'title', absolute(time));
    },
  },
  {
    label: 'Change',
    width: 'minmax(9rem, 1fr)',
    build: (cell) => cell.append(el('span.kind', {}, '')),
    fill(cell, { kind }) {
      setText(cell.firstChild, wordsOf(kind));
      cell.firstChild.className = `kind ${families[familyOf(kind)].name}`;
    },
  },
  linkColumn(
    'Topic',
    'minmax(5rem, 2fr)',
    ({ topic }) => (topic === '' ? undefined : { text: topic, href: topicLink(topic) }),
    { order: undefined },
  ),
  textColumn('Channel', 'minmax(5rem, 1fr)', ({ channel }) => channel, {
    order: undefined,
    isWide: true,
  }),
  textColumn('Producer', 'minmax(8rem, 1.5fr)', producerOf, { order: undefined, isWide: true }),
  textColumn('Cause', 'minmax(8rem, 2fr)', ({ cause }) => cause, {
    order: undefined,
    isWide: true,
  }),
];

function filterOf(query) {
  const text = query.search.toLowerCase();
  const isFamily = families.some(({ name }) => name === query.kind);
  return (change) =>
    (query.kind === '' ||
      (isFamily ? families[familyOf(change.kind)].name : change.kind) === query.kind) &&
    (query.topic === '' || change.topic === query.topic) &&
    (text === '' ||
      `${change.topic} ${change.channel} ${producerOf(change)} ${change.cause}`
        .toLowerCase()
        .includes(text));
}

function kindChoice(onChange) {
  const groups = families.map(({ name, label }) => {
    const own = kinds.filter((kind) => families[familyOf(kind)].name === name);
    const each =
      own.length > 1 ? own.map((kind) => el('option', { value: kind }, wordsOf(kind))) : [];
    return el('optgroup', { label }, el('option', { value: name }, label), ...each);
  });
  return el(
    'select',
    { 'aria-label': 'Kind', change: onChange },
    el('option', { value: '' }, 'All kinds'),
    ...groups,
  );
}

export function eventsView(app, { query }) {
  const { history } = app.model;
  const search = el('input', {
    type: 'search',
    placeholder: 'Search changes  ( / )',
    'aria-label': 'Search changes',
    value: query.get('search') ?? '',
    input: onFilter,
  });
  const kind = kindChoice(onFilter);
  kind.value = query.get('kind') ?? '';
  kind.value ||= '';
  let topic = query.get('topic') ?? '';
  const onlyTopic = el(
    'button.small',
    { type: 'button', click: forgetTopic, title: 'Show changes of all topics' },
    '',
  );
  const pause = el(
    'button',
    { type: 'button', click: togglePause, 'aria-pressed': 'false' },
    'Pause',
  );
  const count = el('span.count', {}, '');
  const table = new Table({
    label: 'Changes, the newest first',
    columns,
    open: (change) => change.topic !== '' && location.assign(topicLink(change.topic)),
  });
  const empty = el(
    'div',
    {},
    face(
      'empty',
      'No changes to show',
      'Nothing that the server remembers is like this. New changes come here by themselves.',
      [['Show all', clear]],
    ),
  );
  const element = el(
    'div.filling',
    {},
    el('div.tools', {}, el('h1', {}, 'Events'), count, search, kind, onlyTopic, pause),
    empty,
    table.element,
  );
  let isPaused = false;
  let shownUpTo = -1;

  function current() {
    return { search: search.value.trim(), kind: kind.value, topic };
  }

  function onFilter() {
    noteQuery(current());
    table.element.scrollTop = 0;
    showAll();
  }

  function forgetTopic() {
    topic = '';
    onFilter();
    search.focus();
  }

  function clear() {
    search.value = '';
    kind.value = '';
    forgetTopic();
  }

  function togglePause() {
    isPaused = !isPaused;
    setAttribute(pause, 'aria-pressed', String(isPaused));
    setText(pause, isPaused ? 'Resume' : 'Pause');
    if (!isPaused) {
      table.element.scrollTop = 0;
    }
    update();
  }

  function showAll() {
    const shown = history.last(Infinity, filterOf(current()));
    shownUpTo = history.added;
    table.show(shown);
    table.element.hidden = shown.length === 0;
    empty.hidden = shown.length > 0;
    onlyTopic.hidden = topic === '';
    setText(onlyTopic, `topic ${topic} ×`);
    setText(count, shown.length.toLocaleString('en'));
  }

  // Rows stay where they are for somebody who reads further below.
  function update() {
    const waiting = history.added - shownUpTo;
    if (shownUpTo < 0 || !(isPaused || table.offset > 0)) {
      showAll();
    } else if (waiting > 0) {
      setText(
        count,
        `${waiting.toLocaleString('en')} more since; ${isPaused ? 'resume' : 'go to the top'} to see them`,
      );
    }
  }

  return { element, update };
}
