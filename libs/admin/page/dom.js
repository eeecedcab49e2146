// SPDX-License-Identifier: MIT
//
// Elements are built from names and texts alone, so that no text of a client is ever read as markup.

const svgNamespace = 'http://www.w3.org/2000/svg';

function fill(made, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') {
      made.addEventListener(name, value);
    } else if (value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? '' : value);
    }
  }
  made.append(...children);
  return made;
}

/** `el('p.note', { id: 'a', click: handler }, 'text', child)`; false and undefined attributes are left out. */
export function el(tagAndClass, properties = {}, ...children) {
  const [tag, ...classes] = tagAndClass.split('.');
  const made = document.createElement(tag);
  if (classes.length > 0) {
    made.className = classes.join(' ');
  }
  return fill(made, properties, children);
}

/** The same for elements of SVG. */
export function svg(tag, properties = {}, ...children) {
  return fill(document.createElementNS(svgNamespace, tag), properties, children);
}

/** Sets the text of an element that has one text and nothing else, unless it is that already. */
export function setText(element, text) {
  const value = String(text);
  const first = element.firstChild;
  if (first === null) {
    element.append(value);
  } else if (first.data !== value) {
    first.data = value;
  }
}

/** Sets an attribute, or takes it away for `undefined`, unless it is so already. */
export function setAttribute(element, name, value) {
  if (value === undefined) {
    element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, value);
  }
}
