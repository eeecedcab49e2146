// SPDX-License-Identifier: MIT

/** `1 topic`, `2,000 topics`. */
export function counted(number, one, many = `${one}s`) {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}
