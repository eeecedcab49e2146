// SPDX-License-Identifier: MIT
//
// The topics and producers of the model.
import { producerKey } from './history.js';

/** A topic without producers, until the snapshot or a change says more. */
export function newTopic(name, since) {
  return {
    name,
    producers: new Set(),
    tombstones: new Map(),
    since,
    channels: undefined,
    countedAt: 0,
  };
}

/** A producer, as the server tells of it. */
export function newProducer(told) {
  return {
    key: producerKey(told),
    remote: told.remote_address,
    host: told.hostname || told.broadcast_address,
    address: told.broadcast_address,
    tcpPort: told.tcp_port,
    httpPort: told.http_port,
    version: told.version,
    // Changes do not tell the zone: undefined until the next snapshot.
    zone: told.topology_zone,
    region: told.topology_region,
    topics: new Set(),
    addedAt: 0,
    silentSince: 0,
    isRestored: false,
    lastPing: 0,
  };
}

/** Whether a connection could be that of a restored producer. */
export function saysTheSame(producer, told) {
  return (
    producer.address === told.broadcast_address &&
    producer.tcpPort === told.tcp_port &&
    producer.httpPort === told.http_port &&
    producer.host === (told.hostname || told.broadcast_address)
  );
}
