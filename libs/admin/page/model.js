// SPDX-License-Identifier: MIT
//
// The registry as it is known here: one snapshot, and the changes since, by revision.
import { History, producerKey } from './history.js';
import { newProducer, newTopic, saysTheSame } from './records.js';
import { now } from './time.js';

export class Model {
  producers = new Map();
  topics = new Map();
  cluster = undefined;
  /** The lines of /readyz that say no, or tell of something. */
  checks = [];
  history = new History();
  /** When the snapshot was read; 0 before the first. */
  readAt = 0;
  /** When pings were read; 0 where that is not allowed, or not done. */
  pingsAt = 0;
  /** Grows with each change of the set of producers, or of their zones. */
  producersVersion = 0;
  /** Changes that did not fit, or told too little: the snapshot should be read anew. */
  misfits = 0;

  #nodesIndex = Infinity;
  #topicsIndex = Infinity;

  /** `nodes` and `topics` are answers, with their indexes; topics were read first. */
  replace({ nodes, topics, cluster, checks, time }) {
    const before = { producers: this.producers, topics: this.topics };
    this.producers = new Map();
    this.topics = new Map();
    const emptySince = new Map(
      topics.data.empty.map((each) => [each.topic, Date.parse(each.since)]),
    );
    for (const name of topics.data.topics) {
      this.#addTopic(name, emptySince.get(name), before.topics.get(name));
    }
    for (const told of nodes.data.producers) {
      this.#addFromSnapshot(told, before.producers);
    }
    this.#keepSilent(before.producers);
    Object.assign(this, { cluster, checks, readAt: time, misfits: 0 });
    this.#nodesIndex = nodes.index;
    this.#topicsIndex = topics.index;
    for (const change of this.history.changes) {
      if (change.revision <= nodes.index) {
        this.#learn(change);
      }
      this.#apply(change);
    }
    this.producersVersion += 1;
  }

  /** Changes as the stream tells them. */
  addChanges(told) {
    for (const each of told) {
      this.#apply(this.history.add(each));
    }
  }

  /** After missed changes: counts of channels cannot be trusted any more. */
  forgetHistory() {
    this.history.clear();
    for (const topic of this.topics.values()) {
      topic.countedAt = 0;
    }
    for (const producer of [...this.producers.values()].filter((each) => each.silentSince > 0)) {
      this.remove(producer, now());
    }
    this.misfits += 1;
  }

  /** How many channels a topic has, at an index. */
  countChannels(name, count, index) {
    const topic = this.topics.get(name);
    if (topic !== undefined && index >= topic.countedAt) {
      topic.channels = count;
      topic.countedAt = index;
    }
  }

  #addTopic(name, since, before) {
    const topic = newTopic(name, since);
    if (before !== undefined) {
      topic.channels = before.channels;
      topic.countedAt = before.countedAt;
    }
    this.topics.set(name, topic);
    return topic;
  }

  #addFromSnapshot(told, before) {
    const producer = newProducer(told);
    const known = before.get(producer.key);
    if (known !== undefined) {
      producer.isRestored = known.isRestored;
      producer.lastPing = known.lastPing;
      producer.addedAt = known.addedAt;
    }
    this.producers.set(producer.key, producer);
    told.topics.forEach((name, at) => {
      const topic = this.topics.get(name) ?? this.#addTopic(name);
      this.#link(producer, topic);
      if (told.tombstones[at]) {
        topic.tombstones.set(producer, 0);
      }
    });
  }

  // A change that is part of the snapshot tells more than /nodes does.
  #learn({ kind, time, topic, channel, producer: told }) {
    const producer = told === null ? undefined : this.producers.get(producerKey(told));
    if (kind === 'producer_silent' && producer === undefined) {
      this.addSilent({ ...told, silentSince: time }, this.history.topicsOf(producerKey(told)));
    } else if (producer === undefined) {
      return;
    } else if (kind === 'producer_added' || kind === 'producer_restored') {
      Object.assign(producer, { addedAt: time, isRestored: kind === 'producer_restored' });
    } else if (producer.silentSince > 0 && /^producer_(removed|expired)$/.test(kind)) {
      this.remove(producer, time);
    } else if (
      kind === 'tombstoned' &&
      channel === '' &&
      this.topics.get(topic)?.tombstones.has(producer)
    ) {
      this.topics.get(topic).tombstones.set(producer, time);
    }
  }

  // /nodes leaves out the silent ones, so all that changes or /debug have told of them stays.
  #keepSilent(before) {
    for (const producer of before.values()) {
      if (producer.silentSince > 0 && !this.producers.has(producer.key)) {
        this.addSilent(
          producer,
          [...producer.topics].map((topic) => topic.name),
        );
      }
    }
  }

  /** A silent producer, of which /nodes tells nothing: one of before, or as /debug and changes tell it. */
  addSilent(told, topicNames) {
    const { silentSince, lastPing = 0 } = told;
    const producer =
      'key' in told ? told : Object.assign(newProducer(told), { silentSince, lastPing });
    producer.topics = new Set();
    this.producers.set(producer.key, producer);
    for (const name of topicNames) {
      const topic = this.topics.get(name);
      if (topic !== undefined) {
        this.#link(producer, topic);
      }
    }
    this.producersVersion += 1;
  }

  /** Tells the zone of a producer that is known by changes alone. */
  locate(producer, { topology_zone: zone, topology_region: region }) {
    if (producer.zone === undefined) {
      Object.assign(producer, { zone, region });
      this.producersVersion += 1;
    }
  }

  /** Takes away a producer; its topics stay. */
  remove(producer, time) {
    for (const topic of producer.topics) {
      this.#unlink(producer, topic, time);
    }
    this.producers.delete(producer.key);
    this.producersVersion += 1;
  }

  #link(producer, topic) {
    producer.topics.add(topic);
    topic.producers.add(producer);
    topic.since = undefined;
  }

  #unlink(producer, topic, time) {
    producer.topics.delete(topic);
    topic.producers.delete(producer);
    topic.tombstones.delete(producer);
    if (topic.producers.size === 0) {
      topic.since = time;
    }
  }

  #apply(change) {
    if (change.kind.startsWith('channel_')) {
      this.#applyToChannels(change);
    } else if (change.kind.startsWith('topic_')) {
      if (change.revision > this.#topicsIndex) {
        this.#applyToTopics(change);
      }
    } else if (change.producer !== null && change.revision > this.#nodesIndex) {
      this.#applyToProducers(change, this.producers.get(producerKey(change.producer)));
    }
  }

  #applyToChannels({ kind, topic: name, revision }) {
    const topic = this.topics.get(name);
    if (topic?.channels !== undefined && topic.countedAt > 0 && revision > topic.countedAt) {
      topic.channels += kind === 'channel_added' ? 1 : -1;
      topic.countedAt = revision;
    }
  }

  #applyToTopics({ kind, topic: name, time, revision }) {
    const topic = this.topics.get(name);
    if (kind === 'topic_added' && topic === undefined) {
      Object.assign(this.#addTopic(name, time), { channels: 0, countedAt: revision });
    } else if (kind === 'topic_removed' && topic !== undefined) {
      for (const producer of topic.producers) {
        producer.topics.delete(topic);
      }
      this.topics.delete(name);
    }
  }

  #applyToProducers(change, producer) {
    const { kind, time } = change;
    if (kind === 'producer_added' || kind === 'producer_restored') {
      this.#addFromChange(change, producer);
    } else if (producer === undefined) {
      // Registrations of a removed producer end one by one, behind it.
      this.misfits += kind === 'registered' || kind === 'producer_back' ? 1 : 0;
    } else if (kind === 'producer_removed' || kind === 'producer_expired') {
      this.remove(producer, time);
    } else if (kind === 'producer_silent' || kind === 'producer_back') {
      producer.silentSince = kind === 'producer_silent' ? time : 0;
      producer.lastPing = kind === 'producer_back' ? time : producer.lastPing;
      this.producersVersion += 1;
    } else if (change.channel === '') {
      this.#applyToRegistration(change, producer);
    }
  }

  #applyToRegistration({ kind, topic: name, time }, producer) {
    const topic = this.topics.get(name);
    if (topic === undefined) {
      this.misfits += kind === 'registered' ? 1 : 0;
    } else if (kind === 'registered') {
      this.#link(producer, topic);
    } else if (kind === 'unregistered') {
      this.#unlink(producer, topic, time);
    } else if (kind === 'tombstoned') {
      topic.tombstones.set(producer, time);
    } else if (kind === 'tombstone_ended') {
      topic.tombstones.delete(producer);
    }
  }

  // A connection that takes a restored producer over has another port, and the same registrations.
  #addFromChange({ kind, producer: told, time }, known) {
    const producer = known ?? this.#takeOver(told) ?? newProducer(told);
    producer.isRestored = kind === 'producer_restored';
    producer.silentSince = 0;
    producer.addedAt = time;
    producer.lastPing = time;
    producer.remote = told.remote_address;
    producer.key = producerKey(told);
    this.producers.set(producer.key, producer);
    this.producersVersion += 1;
    this.misfits += producer.zone === undefined ? 1 : 0;
  }

  #takeOver(told) {
    for (const producer of this.producers.values()) {
      if (producer.isRestored && saysTheSame(producer, told)) {
        this.producers.delete(producer.key);
        return producer;
      }
    }
    return undefined;
  }
}
