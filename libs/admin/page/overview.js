// SPDX-License-Identifier: MIT
//
// The overview: how much there is, how it changes, and all that needs somebody.
import { changeLines } from './change_lines.js';
import { el, setText } from './dom.js';
import { createNodeMap } from './node_map.js';
import { topicLink } from './router.js';
import { createStrip } from './strip.js';
import { ago, showTime } from './time.js';
import { warningsOf } from './warnings.js';

const lastChanges = 8;

function figure(label, href) {
  const number = el('span.number', {}, '');
  const note = el('span.note', {}, '');
  const inner = [el('span.label', {}, label), number, note];
  const element =
    href === undefined ? el('div.figure', {}, ...inner) : el('a.figure', { href }, ...inner);
  function update(value, text = '') {
    setText(number, value?.toLocaleString('en') ?? '–');
    setText(note, text);
  }
  return { element, update };
}

function memberRow(member, own) {
  const synced = el('time', {}, '');
  if (member.synced_at === '') {
    setText(synced, 'not yet');
  } else {
    showTime(synced, Date.parse(member.synced_at));
  }
  const tag = member.node_id === own ? [el('span.tag', {}, 'this one')] : [];
  const more = el('span.more', {}, `${member.http_address} · ${member.version}`);
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, member.node_id, ...tag, more),
    el('td.number', {}, member.producers.toLocaleString('en')),
    el('td', {}, synced),
  );
}

function membersSection(cluster) {
  const column = (tag, text) => el(tag, { scope: 'col' }, text);
  const head = el(
    'tr',
    {},
    column('th', 'Member'),
    column('th.number', 'Producers'),
    column('th', 'In sync'),
  );
  const rows = cluster.members.map((member) => memberRow(member, cluster.node_id));
  const table = el('table.plain', {}, el('thead', {}, head), el('tbody', {}, ...rows));
  return [el('h2', {}, 'Members ', el('span.count', {}, cluster.name)), table];
}

export function overviewView({ model, pings }) {
  const figures = {
    topics: figure('Topics', '#/topics'),
    channels: figure('Channels'),
    nodes: figure('Nodes', '#/nodes'),
    registrations: figure('Registrations of topics'),
    changes: figure('Changes a minute', '#/events'),
  };
  const strip = createStrip();
  const map = createNodeMap(model, (producer) =>
    location.assign(`#/nodes?${new URLSearchParams({ search: producer.host })}`),
  );
  const warnings = el('ul.warnings');
  const members = el('section');
  const changes = el('ul.changes');
  const pingsNote = el('span.count', {}, '');
  let shownCluster;
  let shownWarnings = '';

  const element = el(
    'div.overview',
    {},
    el('h1.unseen', {}, 'Overview'),
    el('div.figures', {}, ...Object.values(figures).map((each) => each.element)),
    el(
      'div.columns',
      {},
      el(
        'div',
        {},
        el('section', {}, el('h2', {}, 'Changes in the last hour'), strip.element),
        el('section', {}, el('h2', {}, 'Nodes ', pingsNote), map.element),
      ),
      el(
        'div',
        {},
        el('section', {}, el('h2', {}, 'Needs somebody'), warnings),
        members,
        el('section', {}, el('h2', {}, 'Last changes'), changes),
      ),
    ),
  );

  function updateFigures() {
    const topics = [...model.topics.values()];
    const ghosts = topics.filter((topic) => topic.producers.size === 0).length;
    const isCounted = topics.every((topic) => topic.channels !== undefined);
    const silent = [...model.producers.values()].filter((each) => each.silentSince > 0).length;
    const registrations = topics.reduce((sum, topic) => sum + topic.producers.size, 0);
    figures.topics.update(
      topics.length,
      ghosts > 0 ? `${ghosts.toLocaleString('en')} without producers` : 'all with producers',
    );
    figures.channels.update(
      isCounted ? topics.reduce((sum, topic) => sum + topic.channels, 0) : undefined,
    );
    figures.nodes.update(model.producers.size, silent > 0 ? `${silent} silent` : 'none silent');
    figures.registrations.update(
      registrations,
      topics.length > 0 ? `${(registrations / topics.length).toFixed(1)} a topic` : '',
    );
    figures.changes.update(model.history.rate());
  }

  function updateWarnings() {
    const found = warningsOf(model);
    const key = found.map(({ title, text }) => title + text).join();
    if (key !== shownWarnings || warnings.childElementCount === 0) {
      shownWarnings = key;
      const items = found.map(({ kind, title, text, href }) =>
        el(
          `li.${kind}`,
          {},
          el('p.title', {}, href === undefined ? title : el('a', { href }, title)),
          el('p', {}, text),
        ),
      );
      warnings.replaceChildren(
        ...(items.length > 0 ? items : [el('li.none', {}, 'Nothing at the moment.')]),
      );
    }
  }

  function update() {
    updateFigures();
    updateWarnings();
    strip.update(model.history.perMinute());
    map.update();
    const notes = {
      forbidden: 'ages of pings need a write token',
      failed: 'pings could not be read',
    };
    setText(
      pingsNote,
      notes[pings.state] ?? (model.pingsAt > 0 ? `last pings, as of ${ago(model.pingsAt)}` : ''),
    );
    changes.replaceChildren(...changeLines(model.history.lastGroups(lastChanges), topicLink));
    if (changes.childElementCount === 0) {
      changes.append(el('li.none', {}, 'No change is remembered.'));
    }
    if (model.cluster !== shownCluster) {
      shownCluster = model.cluster;
      members.replaceChildren(
        ...(shownCluster?.members.length > 0 ? membersSection(shownCluster) : []),
      );
    }
  }

  return { element, update };
}
