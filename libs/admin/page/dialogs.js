// SPDX-License-Identifier: MIT
//
// Questions to the operator, answered by a promise.
import { el, setText } from './dom.js';

let dialogs = 0;

/**
 * Asks, with `content` between title and buttons. `act` does it and returns an error's text, which is
 * shown, or '' for done. Resolves with true when it was done, false when it was left.
 */
export function ask({ title, content, label, isDanger = false, act }) {
  const id = `dialog-${(dialogs += 1)}`;
  const problem = el('p.problem', { role: 'alert' });
  const confirm = el(`button${isDanger ? '.danger' : '.primary'}`, { type: 'submit' }, label);
  const cancel = el('button', { type: 'button', click: () => dialog.close() }, 'Cancel');
  const form = el('form', { submit }, el('h2', { id }, title), ...content, problem);
  form.append(el('div.actions', {}, cancel, confirm));
  const dialog = el('dialog', { 'aria-labelledby': id }, form);
  let isDone = false;

  async function submit(event) {
    event.preventDefault();
    confirm.disabled = true;
    const error = await act();
    confirm.disabled = false;
    setText(problem, error);
    isDone = error === '';
    if (isDone) {
      dialog.close();
    }
  }

  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(isDone);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A labelled field for `content`. */
export function field(label, properties = {}) {
  const input = el('input', {
    type: 'text',
    autocomplete: 'off',
    spellcheck: 'false',
    ...properties,
  });
  return { element: el('label.field', {}, el('span', {}, label), input), input };
}
