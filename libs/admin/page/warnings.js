// SPDX-License-Identifier: MIT
//
// Facts for which somebody should do something, the worst first.
import { ago, duration, now } from './time.js';
import { counted } from './words.js';
import { freshness, pingAge } from './zones.js';

const restless = 60_000;

function some(names) {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${(names.length - 3).toLocaleString('en')} more` : shown;
}

function ofServer({ cluster, checks }) {
  const found = [];
  for (const { isGood, name, words } of checks) {
    if (!isGood && name === 'shutdown') {
      found.push({
        kind: 'bad',
        title: 'This server is draining',
        text: 'It was told to stop: clients should go to another one.',
      });
    } else if (!isGood) {
      found.push({ kind: 'bad', title: 'This server is not ready', text: words });
    } else if (name === 'restart') {
      found.push({
        kind: 'mild',
        title: words,
        text: 'Their nsqds have not connected again since the restart. After -restore-grace they go.',
      });
    }
  }
  if (cluster?.synced === false) {
    const since =
      cluster.last_sync === ''
        ? 'never yet in sync'
        : `last in sync ${ago(Date.parse(cluster.last_sync))}`;
    found.push({
      kind: 'bad',
      title: 'Out of sync with the other members',
      text: `${cluster.failure} (${since}). It answers with what it knows.`,
    });
  }
  return found;
}

function ofProducers(model) {
  const producers = [...model.producers.values()];
  const silent = producers.filter((each) => each.silentSince > 0);
  const overdue = producers.filter((each) => freshness(model, each) === 'overdue');
  const found = [];
  if (silent.length > 0) {
    found.push({
      kind: 'bad',
      title: counted(silent.length, 'silent producer'),
      text: `${some(silent.map((each) => each.host))}: connected, but no lookup names them until they ping again.`,
      href: '#/nodes?state=silent',
    });
  }
  if (overdue.length > 0) {
    const longest = Math.max(...overdue.map((each) => pingAge(model, each)));
    found.push({
      kind: 'mild',
      title: `${counted(overdue.length, 'producer')} without a ping for over a minute`,
      text: `${some(overdue.map((each) => each.host))}; ${duration(longest)} at most. nsqd pings every 15 s.`,
      href: '#/nodes?state=overdue',
    });
  }
  return found;
}

function ofTopics({ topics }) {
  const ghosts = [...topics.values()].filter(
    (topic) => topic.producers.size === 0 && (topic.since ?? 0) < now() - restless,
  );
  if (ghosts.length === 0) {
    return [];
  }
  return [
    {
      kind: 'mild',
      title: `${counted(ghosts.length, 'topic')} without producers`,
      text: `${some(ghosts.map((each) => each.name))}. Their consumers find nobody; delete those that nobody needs.`,
      href: '#/topics?state=ghosts',
    },
  ];
}

/** `[{ kind, title, text, href }]`; `kind` is `bad` or `mild`. */
export function warningsOf(model) {
  const found = [...ofServer(model), ...ofProducers(model), ...ofTopics(model)];
  return [
    ...found.filter((each) => each.kind === 'bad'),
    ...found.filter((each) => each.kind === 'mild'),
  ];
}
