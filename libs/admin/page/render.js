// SPDX-License-Identifier: MIT
//
// One drawing for any number of changes: on a frame, a few times a second, and seldom where it takes long.

const shortest = 200;
const longest = 600;
const share = 15;

/** A function that asks for `draw`. `draw` runs on a frame some time later. */
export function coalesced(draw) {
  let isAsked = false;
  let pause = 0;
  let drawnAt = 0;

  function onFrame() {
    const began = performance.now();
    isAsked = false;
    drawnAt = began;
    draw();
    pause = Math.min(longest, Math.max(shortest, (performance.now() - began) * share));
  }

  return () => {
    if (!isAsked) {
      isAsked = true;
      const wait = drawnAt + pause - performance.now();
      setTimeout(() => requestAnimationFrame(onFrame), Math.max(0, wait));
    }
  };
}
