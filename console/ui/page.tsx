import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { hasMoved } from '../app/router.js';
import { texts } from '../texts.js';

export interface PageFrameProps {
  readonly title: string;
  /** A sentence or two on what the page is for. */
  readonly intro?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The frame of every page: its heading, which is also the window's title and takes the focus when somebody comes here. */
export function Page({ title, intro, children }: PageFrameProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – ${texts.common.product}`;
  }, [title]);
  useEffect(() => {
    if (!hasMoved()) return;
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, []);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {intro !== undefined && <p class="intro">{intro}</p>}
      {children}
    </>
  );
}
