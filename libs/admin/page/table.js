// SPDX-License-Identifier: MIT
//
// A table of any length, of which only the visible rows are elements. Rows have one height. The focus
// stays on the table itself, which names its active row, so that rows can be used again elsewhere.
import { el, setAttribute, setText } from './dom.js';

const rowHeight = 32;
// Rows beyond either edge, so that a quick scroll shows no gap.
const margin = 8;
let tables = 0;

function moveOf(key, page, last) {
  const moves = {
    ArrowDown: (at) => at + 1,
    ArrowUp: (at) => at - 1,
    PageDown: (at) => at + page,
    PageUp: (at) => at - page,
    Home: () => 0,
    End: () => last,
  };
  return moves[key];
}

/**
 * A column: `{ label, width, fill(cell, item), order?(a, b), isNumber?, isWide?, isPicture? }`. `width` is
 * one of CSS grid's; wide columns are left out where there is little width. `build(cell)` prepares a cell.
 */
export class Table {
  element;

  #columns;
  #open;
  #items = [];
  #sort;
  #active = -1;
  #rows = [];
  #body = el('div.rows', { role: 'rowgroup' });
  #heads = [];
  #id = `t${(tables += 1)}`;
  #isAsked = false;

  /** `open(item)` is for Enter and a double click; `sort` is `{ column, isDescending }`. */
  constructor({ label, columns, open = () => {}, sort }) {
    this.#columns = columns;
    this.#open = open;
    this.#sort = sort;
    this.element = el(
      'div.table',
      { role: 'grid', tabindex: '0', 'aria-label': label },
      this.#head(),
      this.#body,
    );
    this.element.style.setProperty('--all', columns.map((each) => each.width).join(' '));
    this.element.style.setProperty(
      '--few',
      columns
        .filter((each) => !each.isWide)
        .map((each) => each.width)
        .join(' '),
    );
    this.element.addEventListener('scroll', () => this.#drawSoon(), { passive: true });
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    this.#body.addEventListener('click', (event) => this.#activate(this.#indexOf(event)));
    this.#body.addEventListener('dblclick', (event) => this.#openAt(this.#indexOf(event)));
    new ResizeObserver(() => this.#drawSoon()).observe(this.element);
  }

  /** Shows these, in the order of the column that is chosen. The array is sorted as it is. */
  show(items) {
    const active = this.#items[this.#active];
    const order = this.#columns[this.#sort?.column]?.order;
    if (order !== undefined) {
      const sign = this.#sort.isDescending ? -1 : 1;
      items.sort((a, b) => sign * order(a, b));
    }
    this.#items = items;
    this.#active = active === undefined ? -1 : this.#find(active);
    this.#body.style.height = `${items.length * rowHeight}px`;
    setAttribute(this.element, 'aria-rowcount', items.length + 1);
    this.element.style.setProperty('--rows', items.length + 1);
    this.#draw(true);
  }

  /** Pixels from the top. */
  get offset() {
    return this.element.scrollTop;
  }

  // Where it was, or near: /nodes read anew has the same producers as other objects.
  #find(item) {
    const isSame = (other) => other === item || (item.key !== undefined && other?.key === item.key);
    return isSame(this.#items[this.#active]) ? this.#active : this.#items.findIndex(isSame);
  }

  #head() {
    this.#heads = this.#columns.map((column, at) => {
      const classes = this.#classes(column);
      if (column.order === undefined) {
        return el(`div.cell${classes}`, { role: 'columnheader' }, column.label);
      }
      const button = el('button', { type: 'button', click: () => this.#sortBy(at) }, column.label);
      return el(`div.cell${classes}`, { role: 'columnheader' }, button);
    });
    this.#tellSort();
    const row = el('div.row', { role: 'row', 'aria-rowindex': '1' }, ...this.#heads);
    return el('div.head', { role: 'rowgroup' }, row);
  }

  #classes(column) {
    const { isNumber, isWide, isPicture } = column;
    return `${isNumber ? '.number' : ''}${isWide ? '.wide' : ''}${isPicture ? '.picture' : ''}`;
  }

  #sortBy(column) {
    const isSame = this.#sort?.column === column;
    this.#sort = {
      column,
      isDescending: isSame ? !this.#sort.isDescending : this.#columns[column].isNumber === true,
    };
    this.#tellSort();
    this.show(this.#items);
  }

  #tellSort() {
    this.#heads.forEach((head, at) => {
      const direction = this.#sort?.isDescending ? 'descending' : 'ascending';
      setAttribute(head, 'aria-sort', this.#sort?.column === at ? direction : undefined);
    });
  }

  #drawSoon() {
    if (!this.#isAsked) {
      this.#isAsked = true;
      requestAnimationFrame(() => {
        this.#isAsked = false;
        this.#draw(false);
      });
    }
  }

  #draw(isNew) {
    const { clientHeight, scrollTop } = this.element;
    const first = Math.max(0, Math.floor(scrollTop / rowHeight) - margin);
    const count = Math.min(
      this.#items.length - first,
      Math.ceil(clientHeight / rowHeight) + 2 * margin,
    );
    while (this.#rows.length < count) {
      this.#rows.push(this.#newRow());
    }
    for (const row of this.#rows) {
      // The index of this row is the one in the window that is congruent to its number.
      const size = this.#rows.length;
      const index = first + ((((row.number - first) % size) + size) % size);
      this.#fill(row, index < first + count ? index : -1, isNew);
    }
    this.#tellActive();
  }

  #newRow() {
    const cells = this.#columns.map((column) => {
      const cell = el(`div.cell${this.#classes(column)}`, { role: 'gridcell' });
      column.build?.(cell);
      return cell;
    });
    const element = el('div.row', { role: 'row' }, ...cells);
    this.#body.append(element);
    return { element, cells, number: this.#rows.length, index: -2, item: undefined };
  }

  #fill(row, index, isNew) {
    const item = this.#items[index];
    if (row.index === index && row.item === item && !isNew) {
      return;
    }
    row.element.hidden = index < 0;
    if (index >= 0) {
      if (row.index !== index) {
        row.element.style.transform = `translateY(${index * rowHeight}px)`;
        row.element.id = `${this.#id}-${index}`;
        row.element.setAttribute('aria-rowindex', index + 2);
      }
      this.#columns.forEach((column, at) => column.fill(row.cells[at], item));
    } else {
      row.element.removeAttribute('id');
    }
    row.index = index;
    row.item = item;
  }

  #tellActive() {
    const isShown = this.#rows.some((row) => row.index === this.#active && this.#active >= 0);
    setAttribute(
      this.element,
      'aria-activedescendant',
      isShown ? `${this.#id}-${this.#active}` : undefined,
    );
    for (const row of this.#rows) {
      setAttribute(
        row.element,
        'aria-selected',
        row.index >= 0 ? row.index === this.#active : undefined,
      );
    }
  }

  #indexOf(event) {
    const element = event.target.closest('.row');
    return this.#rows.find((row) => row.element === element)?.index ?? -1;
  }

  #activate(index) {
    this.#active = index;
    this.#tellActive();
  }

  #openAt(index) {
    if (this.#items[index] !== undefined) {
      this.#open(this.#items[index]);
    }
  }

  #onKey(event) {
    const last = this.#items.length - 1;
    const page = Math.max(1, Math.floor(this.element.clientHeight / rowHeight) - 2);
    const move = moveOf(event.key, page, last);
    if (event.target !== this.element || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    if (event.key === 'Enter') {
      this.#openAt(this.#active);
    } else if (move !== undefined && last >= 0) {
      event.preventDefault();
      this.#active = Math.min(last, Math.max(0, move(this.#active)));
      this.#reveal(this.#active);
      this.#draw(false);
    }
  }

  // The head covers the first row's height.
  #reveal(index) {
    const top = index * rowHeight;
    const visible = this.element.clientHeight - rowHeight;
    if (top < this.element.scrollTop) {
      this.element.scrollTop = top;
    } else if (top + rowHeight > this.element.scrollTop + visible) {
      this.element.scrollTop = top + rowHeight - visible;
    }
  }
}

/** A column of texts, in full on hover. */
export function textColumn(label, width, text, more = {}) {
  return {
    label,
    width,
    order: (a, b) => (text(a) < text(b) ? -1 : Number(text(a) > text(b))),
    fill(cell, item) {
      setText(cell, text(item));
      setAttribute(cell, 'title', text(item));
    },
    ...more,
  };
}

/** A column of numbers; `undefined` is shown as a dash. */
export function numberColumn(label, width, number, more = {}) {
  return {
    label,
    width,
    isNumber: true,
    order: (a, b) => (number(a) ?? -1) - (number(b) ?? -1),
    fill: (cell, item) => setText(cell, number(item)?.toLocaleString('en') ?? '–'),
    ...more,
  };
}

/** A column of links: `link(item)` is `{ text, href }`, or undefined for none. */
export function linkColumn(label, width, link, more = {}) {
  const text = (item) => link(item)?.text ?? '';
  return {
    ...textColumn(label, width, text),
    build: (cell) => cell.append(el('a', { tabindex: '-1' })),
    fill(cell, item) {
      const anchor = cell.firstChild;
      setText(anchor, text(item));
      setAttribute(anchor, 'href', link(item)?.href);
      setAttribute(cell, 'title', text(item));
    },
    ...more,
  };
}
