// SPDX-License-Identifier: MIT
//
// Parts of the page alone, in the browser that they are for: the model against the server, and parsers
// against input in pieces.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { said } from './registry.mjs';
import { Stage, suiteTimeout, timeout } from './stage.mjs';

const topics = ['a', 'b', 'c', 'd#ephemeral', 'e'];

// The same numbers in each run.
function randomNumbers(seed) {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

describe('the parts', { timeout: suiteTimeout }, () => {
  let stage;
  let page;

  before(async () => {
    stage = await Stage.open();
    page = await stage.livePage('#/');
  });

  after(() => stage.close());

  // Runs in the page: the state of the registry by a snapshot, and by changes since an older one.
  function compare(older) {
    return page.evaluate(async (older) => {
      const { Model } = await import(new URL('model.js', document.baseURI));
      const { getJson } = await import(new URL('api.js', document.baseURI));
      const read = async () => ({
        topics: await getJson('topics', [['empty', 'true']]),
        nodes: await getJson('nodes'),
        checks: [],
        time: 1,
      });
      const changes = (await getJson('events', [['limit', '10000']])).data.events;
      const summary = (model) => ({
        producers: [...model.producers.values()]
          .map((each) => `${each.key}: ${[...each.topics].map((topic) => topic.name).sort()}`)
          .sort(),
        topics: [...model.topics.values()]
          .map(
            (each) =>
              `${each.name}: ${each.producers.size}, ${each.tombstones.size}, ${each.since > 0}`,
          )
          .sort(),
      });
      const byChanges = new Model();
      byChanges.replace(
        older ?? {
          topics: { index: 0, data: { topics: [], empty: [] } },
          nodes: { index: 0, data: { producers: [] } },
          checks: [],
          time: 1,
        },
      );
      byChanges.addChanges(changes);
      const bySnapshot = new Model();
      bySnapshot.addChanges(changes);
      const snapshot = await read();
      bySnapshot.replace(snapshot);
      // Again is the same.
      byChanges.addChanges(changes.slice(-20));
      return { byChanges: summary(byChanges), bySnapshot: summary(bySnapshot), snapshot };
    }, older);
  }

  it('know the same by changes as by a snapshot', { timeout }, async () => {
    const random = randomNumbers(1);
    const producers = [];
    let older;
    for (let round = 0; round < 12; round += 1) {
      for (let step = 0; step < 25; step += 1) {
        const topic = topics[random(topics.length)];
        const at = random(6);
        const action = random(10);
        if (producers[at] === undefined || action === 0) {
          await producers[at]?.close();
          producers[at] = await stage.producer(said(at));
        } else if (action < 5) {
          await producers[at].register(topic, `${topic} ${topics[random(3)]}`);
        } else if (action < 7) {
          await producers[at].unregister(topic);
        } else {
          const { broadcast_address: address } = said(at);
          const paths = [
            `topic/tombstone?topic=${encodeURIComponent(topic)}&node=${address}:4151`,
            `topic/delete?topic=${encodeURIComponent(topic)}`,
            `topic/create?topic=${encodeURIComponent(topic)}`,
          ];
          await stage.post(paths[action - 7]);
        }
      }
      const { byChanges, bySnapshot, snapshot } = await compare(older);
      assert.deepEqual(byChanges, bySnapshot, `round ${round}`);
      assert.ok(bySnapshot.producers.length > 0);
      older = round % 3 === 0 ? snapshot : older;
    }
  });

  it('read streams and /debug in any pieces', { timeout }, async () => {
    const found = await page.evaluate(async () => {
      const { Parser } = await import(new URL('stream.js', document.baseURI));
      const { Members } = await import(new URL('pings.js', document.baseURI));
      const stream =
        ':\n\nid: 7\nevent: change\ndata: {"a":": }] \\n"}\n\n:\n\nretry: 250\n\nid: 8\nevent: gone\ndata: {}\n\n';
      const hostile = ['}]', '"}],"x":[{"', '\\"}]', '}]}]', '\\', 'é}]'];
      const members = {
        'channel:a:b': hostile.map((hostname) => ({ hostname })),
        'client::': [{ hostname: '}]' }],
        'topic:a:': [{ hostname: '"' }],
      };
      const text = JSON.stringify(members);
      const pieces = (whole, size) => whole.match(new RegExp(`[^]{1,${size}}`, 'g'));
      const results = [];
      for (const size of [1, 2, 3, 5, 7, 11, 1000]) {
        const parser = new Parser();
        const events = pieces(stream, size).flatMap((piece) => parser.feed(piece));
        const splitter = new Members();
        const read = Object.assign(
          {},
          ...pieces(text, size).flatMap((piece) => splitter.feed(piece)),
        );
        results.push({ events, retry: parser.retry, isRight: JSON.stringify(read) === text });
      }
      return results;
    });
    for (const { events, retry, isRight } of found) {
      assert.deepEqual(events, [
        { id: '7', event: 'change', data: '{"a":": }] \\n"}' },
        { id: '8', event: 'gone', data: '{}' },
      ]);
      assert.equal(retry, 250);
      assert.ok(isRight);
    }
  });

  it('tell views and times', { timeout }, async () => {
    const told = await page.evaluate(async () => {
      const { parse, topicLink } = await import(new URL('router.js', document.baseURI));
      const { duration } = await import(new URL('time.js', document.baseURI));
      const views = [
        '',
        '#',
        '#/',
        '#/topics',
        '#/topics/a',
        topicLink('a#ephemeral'),
        '#/nodes?state=silent',
        '#/topics/',
        '#/nodes/a',
        '#x',
      ];
      return {
        views: views.map((fragment) => `${parse(fragment)?.view} ${parse(fragment)?.topic}`),
        times: [-5, 999, 59_999, 60_000, 3_600_000, 172_800_000].map(duration),
      };
    });
    const none = 'undefined undefined';
    assert.deepEqual(told.views.slice(0, 4), [
      'overview undefined',
      'overview undefined',
      'overview undefined',
      'topics undefined',
    ]);
    assert.deepEqual(told.views.slice(4), [
      'topic a',
      'topic a#ephemeral',
      'nodes undefined',
      none,
      none,
      none,
    ]);
    assert.deepEqual(told.times, ['0 s', '0 s', '59 s', '1 min', '1 h', '2 d']);
  });
});
