// SPDX-License-Identifier: MIT
//
// Times as people read them: relative, in the server's clock, with the absolute one as title.
import { setAttribute, setText } from './dom.js';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

// The server's clock less the browser's.
let skew = 0;

/** Learns from the `Date` of an answer; it has whole seconds, so small differences mean nothing. */
export function learnServerTime(date) {
  const difference = Date.parse(date) - Date.now();
  if (!Number.isNaN(difference)) {
    skew = Math.abs(difference) > 2 * second ? difference : 0;
  }
}

/** Milliseconds since 1970 at the server. */
export function now() {
  return Date.now() + skew;
}

/** `8 s`, `3 min`, `2 h`, `5 d`. */
export function duration(milliseconds) {
  const length = Math.max(0, milliseconds);
  if (length < minute) {
    return `${Math.floor(length / second)} s`;
  }
  if (length < hour) {
    return `${Math.floor(length / minute)} min`;
  }
  return length < 2 * day ? `${Math.floor(length / hour)} h` : `${Math.floor(length / day)} d`;
}

/** `3 min ago`. */
export function ago(time) {
  const age = now() - time;
  return age < second ? 'just now' : `${duration(age)} ago`;
}

/** `2026-11-30 18:42:50 UTC`. */
export function absolute(time) {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `18:42`. */
export function clock(time) {
  return new Date(time).toISOString().slice(11, 16);
}

/** Shows a time in a `time` element: relative, the absolute one on hover. `text` stands instead of the relative one. */
export function showTime(element, time, text = ago(time)) {
  setText(element, text);
  setAttribute(element, 'datetime', new Date(time).toISOString());
  setAttribute(element, 'title', absolute(time));
}
