// SPDX-License-Identifier: MIT
//
// Server-sent events by fetch, since EventSource can show no token.
import { open } from './api.js';

// A comment comes every 15 s; three missing ones are a dead connection.
const silence = 45_000;

/** Takes text in any pieces, and gives whole events `{ id, event, data }` and the last `retry`. */
export class Parser {
  retry = undefined;
  #rest = '';
  #next = { id: '', event: 'message', data: '' };

  feed(text) {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop();
    const events = [];
    for (const line of lines) {
      if (line === '') {
        if (this.#next.data !== '') {
          events.push(this.#next);
        }
        this.#next = { id: '', event: 'message', data: '' };
      } else {
        this.#take(line);
      }
    }
    return events;
  }

  #take(line) {
    const colon = line.indexOf(': ');
    const field = line.slice(0, colon);
    const value = line.slice(colon + 2);
    if (field === 'retry') {
      this.retry = Number(value);
    } else if (field === 'data') {
      this.#next.data += value;
    } else if (field === 'id' || field === 'event') {
      this.#next[field] = value;
    }
  }
}

/**
 * Reads a stream until it ends. `onEvents` gets the events of each piece, `onOpen` nothing. Resolves
 * with `{ ok: true, retry }` at its end, or with an error.
 */
export async function readEvents(url, { lastId = 0, signal, onOpen = () => {}, onEvents }) {
  const dead = new AbortController();
  let timer = setTimeout(() => dead.abort(), silence);
  const headers = {
    Accept: 'text/event-stream',
    ...(lastId > 0 && { 'Last-Event-ID': String(lastId) }),
  };
  try {
    const opened = await open(url, { headers, signal: AbortSignal.any([signal, dead.signal]) });
    if (!opened.ok) {
      return { ...opened, aborted: signal.aborted };
    }
    onOpen();
    const parser = new Parser();
    const reader = opened.response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return { ok: true, retry: parser.retry };
      }
      clearTimeout(timer);
      timer = setTimeout(() => dead.abort(), silence);
      const events = parser.feed(value);
      if (events.length > 0) {
        onEvents(events);
      }
    }
  } catch {
    return {
      ok: false,
      status: 0,
      message: 'the connection broke',
      details: {},
      aborted: signal.aborted,
    };
  } finally {
    clearTimeout(timer);
  }
}
