// The little that the panels need of the DOM.

type Child = Node | string | null | undefined | false;
type Props = Record<string, string | number | boolean | ((event: Event) => void) | undefined>;

/** An element: h('button', { class: 'x', onclick: f, 'aria-label': 'y' }, 'text'). */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else element.setAttribute(key, String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return element;
}

/** Sets text only when it changes, so that selection and screen readers are left in peace. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Replaces children only when `key` has changed. */
export function setChildren(element: HTMLElement, key: string, make: () => Child[]): boolean {
  if (element.dataset['key'] === key) return false;
  element.dataset['key'] = key;
  element.replaceChildren(...make().filter((child): child is Node | string => !!child));
  return true;
}

/**
 * Makes a parent's children the items, in order: rows stay the same elements by key, so focus and scroll survive; a row
 * is filled again only when its text has changed.
 */
export function syncRows<T>(
  parent: HTMLElement,
  items: readonly T[],
  key: (item: T) => string,
  make: (item: T) => HTMLElement,
  fill: (row: HTMLElement, item: T) => void,
): void {
  const rows = new Map<string, HTMLElement>();
  for (const row of parent.children) if (row instanceof HTMLElement && row.dataset['row'] !== undefined) rows.set(row.dataset['row'], row);
  let at: Element | null = parent.firstElementChild;
  for (const item of items) {
    const k = key(item);
    let row = rows.get(k);
    rows.delete(k);
    if (!row) {
      row = make(item);
      row.dataset['row'] = k;
    }
    fill(row, item);
    if (row === at) at = at.nextElementSibling;
    else parent.insertBefore(row, at);
  }
  for (const row of rows.values()) row.remove();
}

/** Up and down arrows move the focus among the buttons of a list. */
export function arrowKeys(list: HTMLElement): void {
  list.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const buttons = [...list.querySelectorAll<HTMLElement>('button')];
    const i = buttons.indexOf(document.activeElement as HTMLElement);
    const next = buttons[i + (event.key === 'ArrowDown' ? 1 : -1)];
    if (i < 0 || !next) return;
    next.focus();
    event.preventDefault();
    event.stopPropagation();
  });
}
