// SPDX-License-Identifier: MIT
//
// A consumer that finds new producers in milliseconds, with nsqjs 0.13:
//   node consumer.mjs clicks archive http://lookup-1:4161 http://lookup-2:4161
// NSQLOOKUPD_TOKEN is the token to show, if the servers want one.
import nsq from 'nsqjs';

import { producersOf } from './watch.mjs';

const [topic, channel, ...lookupds] = process.argv.slice(2);
const stopping = new AbortController();

// It still polls, once a minute: for a nsqd that it has lost and nsqlookupd has not.
const reader = new nsq.Reader(topic, channel, {
  lookupdHTTPAddresses: lookupds,
  maxInFlight: 100,
});
reader.on('error', (error) => console.error(error.message));
reader.on('nsqd_connected', (host, port) => console.log(`connected to ${host}:${port}`));
reader.on('nsqd_closed', (host, port) => console.log(`closed ${host}:${port}`));
reader.on('message', (message) => {
  console.log(message.body.toString());
  message.finish();
});
reader.connect();

// A producer that is connected already is not connected twice, and a connection that ends is
// forgotten. So a nsqlookupd that was restarted, and knows nothing yet, does no harm.
async function follow(lookupd) {
  const options = { token: process.env.NSQLOOKUPD_TOKEN, signal: stopping.signal };
  for await (const producers of producersOf(lookupd, topic, options)) {
    for (const { broadcast_address: host, tcp_port: port } of producers) {
      reader.connectToNSQD(host, port);
    }
  }
}

for (const lookupd of lookupds) {
  follow(lookupd).catch((error) => console.error(error.message));
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    stopping.abort();
    reader.close();
  });
}
