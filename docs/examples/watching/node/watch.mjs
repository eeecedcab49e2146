// SPDX-License-Identifier: MIT
//
// Follows a topic at one nsqlookupd. Needs Node 18 and nothing else.
import { setTimeout as pause } from 'node:timers/promises';

// The server sends a comment every 15 s.
const longestSilence = 45_000;

/**
 * The producers of a topic, at first and whenever they change, for ever: arrays of
 * `{broadcast_address, tcp_port, …}`. Goes on over lost connections.
 *
 * @param {string} server `http://lookup-1:4161`
 * @param {{token?: string, signal?: AbortSignal}} options
 */
export async function* producersOf(server, topic, { token, signal } = {}) {
  const url = new URL(`/watch?topic=${encodeURIComponent(topic)}`, server);
  let lastId;
  let retry = 1000;
  while (!signal?.aborted) {
    try {
      for await (const event of eventsOf(url, { token, signal, lastId })) {
        lastId = event.id ?? lastId;
        retry = Number(event.retry ?? 1000);
        if (event.event === 'lookup') {
          yield JSON.parse(event.data).producers;
        } else if (event.event === 'not_found') {
          yield [];
        }
      }
    } catch (error) {
      if (error.isRefusal) {
        throw error;
      }
    }
    await pause(retry, undefined, { signal }).catch(() => {});
    retry = Math.min(retry * 2, 10_000);
  }
}

async function* eventsOf(url, { token, signal, lastId }) {
  const alive = new AbortController();
  const abort = () => alive.abort();
  signal?.addEventListener('abort', abort);
  const silence = setTimeout(abort, longestSilence);
  try {
    const headers = { Accept: 'text/event-stream' };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (lastId) headers['Last-Event-ID'] = lastId;
    const response = await fetch(url, { headers, signal: alive.signal });
    if (!response.ok) {
      const error = new Error(`${url} answers ${response.status} ${await response.text()}`);
      error.isRefusal = response.status < 500;
      throw error;
    }
    // In Node 18 an abort may leave a pending read as it is.
    const reader = response.body.getReader();
    alive.signal.addEventListener('abort', () => reader.cancel().catch(() => {}));
    const decoder = new TextDecoder();
    let input = '';
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      silence.refresh();
      const events = (input + decoder.decode(read.value, { stream: true })).split('\n\n');
      input = events.pop();
      for (const lines of events) {
        yield Object.fromEntries(lines.split('\n').map(fieldOf));
      }
    }
  } finally {
    clearTimeout(silence);
    signal?.removeEventListener('abort', abort);
    alive.abort();
  }
}

function fieldOf(line) {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
}
