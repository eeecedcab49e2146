// SPDX-License-Identifier: MIT
//
// A registry such as people have: some zones, some topics, a few troubles.
const topics = [
  'audit_log',
  'clicks',
  'invoices',
  'mail.outgoing',
  'metrics.raw',
  'orders',
  'payments',
  'search.index',
  'sessions',
  'thumbnails',
  'webhooks',
];
const zones = [
  ['eu-west', 'eu-1a'],
  ['eu-west', 'eu-1b'],
  ['us-east', 'us-2a'],
];

/** The identity of the producer of this number. */
export function said(number) {
  const [topology_region, topology_zone] = zones[number % zones.length];
  return {
    hostname: `nsqd-${String(number).padStart(2, '0')}`,
    broadcast_address: `10.0.${number % zones.length}.${number + 1}`,
    topology_region,
    topology_zone,
  };
}

/** The names that a producer of this number registers. */
export function namesOf(number) {
  const own = topics.filter((_, at) => (at * 7 + number * 5) % 4 < 2);
  return own.flatMap((topic) => [`${topic} archive`, `${topic} worker`]);
}

/** Lets producers ping as nsqds do, but oftener. Returns a function that ends it. */
export function keepPinging(producers) {
  const timer = setInterval(() => producers.forEach((each) => each.ping().catch(() => {})), 2_000);
  return () => clearInterval(timer);
}

/** Fills a stage. Resolves with the producers, of which 1, 2, 5, 6, 9, 10, 13, 14 and 17 have `clicks`. */
export async function fill(stage, count = 18) {
  const producers = [];
  for (let number = 0; number < count; number += 1) {
    producers.push(await stage.producer(said(number), ...namesOf(number)));
  }
  await stage.post('topic/create?topic=old_campaign');
  return producers;
}
