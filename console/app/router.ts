import { useEffect, useState } from 'preact/hooks';

/** Where the console begins on its server. */
const BASE = '/console';

/** Where the console is: a path below `/console`, and the query that keeps filters and pages of lists. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

type Listener = (place: Place) => void;
const listeners = new Set<Listener>();

let moved = false;

/** True once a person has gone from one page of the console to another; only then does the focus follow. */
export function hasMoved(): boolean {
  return moved;
}

/** The place that the address bar shows. */
export function currentPlace(): Place {
  const path = location.pathname.slice(BASE.length).replace(/\/+$/, '');
  return { path: path === '' ? '/' : path, query: new URLSearchParams(location.search) };
}

/** The address of a page of the console, for links and `navigate`. @param path below `/console`, with its values encoded */
export function pageUrl(path: string, query: Readonly<Record<string, string | null | undefined>> = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value == null || value === '' ? [] : [[name, value]],
  );
  const search = new URLSearchParams(given).toString();
  return `${BASE}${path}${search === '' ? '' : `?${search}`}`;
}

/** Goes to a page of the console. @param replace true where the way back must not lead here again */
export function navigate(url: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', url);
  else history.pushState(null, '', url);
  notify();
}

/** The present place; the component is drawn again when it changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(currentPlace);
  useEffect(() => {
    listeners.add(setPlace);
    return () => void listeners.delete(setPlace);
  }, []);
  return place;
}

/** Lets plain links to pages of the console, and the browser's own buttons, change the place without loading the page anew. */
export function followLinks(): void {
  addEventListener('popstate', notify);
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || event.defaultPrevented || event.button !== 0) return;
    if (
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey ||
      link.target !== '' ||
      link.hasAttribute('download')
    )
      return;
    if (
      link.origin !== location.origin ||
      !(link.pathname === BASE || link.pathname.startsWith(`${BASE}/`)) ||
      link.hash !== ''
    )
      return;
    event.preventDefault();
    navigate(link.href);
  });
}

/** The values of a path pattern such as `/use-cases/:id`, or null where the path is another. */
export function matchPath(pattern: string, path: string): Record<string, string> | null {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return null;
  }
  return params;
}

function notify(): void {
  moved = true;
  const place = currentPlace();
  for (const listener of listeners) listener(place);
}
