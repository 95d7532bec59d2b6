import { useEffect, useRef, useState } from 'preact/hooks';
import { texts } from '../../texts.js';
import { Note } from '../note.js';
import type { Marks, ShownDiagram } from './viewer.js';

export interface DiagramProps {
  /** What the diagram shows, for those who do not see it. */
  readonly name: string;
  /** BPMN 2.0. */
  readonly xml: string;
  readonly marks?: Marks;
}

const words = texts.diagram;
const closer = 1.25;
/** How far an arrow key moves the diagram (px). */
const stride = 40;

const arrows: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [stride, 0],
  ArrowRight: [-stride, 0],
  ArrowUp: [0, stride],
  ArrowDown: [0, -stride],
};

/** A diagram that can be looked at more closely, with marks upon it. Its viewer is fetched when the first one is shown. */
export function Diagram({ name, xml, marks }: DiagramProps) {
  const container = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<ShownDiagram | 'failed' | null>(null);

  useEffect(() => {
    const place = container.current;
    if (place === null) return undefined;
    let wanted = true;
    let diagram: ShownDiagram | null = null;
    import('./viewer.js')
      .then(({ showDiagram }) => (wanted ? showDiagram(place, xml, name) : null))
      .then(
        (drawn) => {
          diagram = drawn;
          if (wanted) setShown(drawn);
          else drawn?.destroy();
        },
        () => wanted && setShown('failed'),
      );
    return () => {
      wanted = false;
      diagram?.destroy();
      setShown(null);
    };
  }, [xml, name]);

  const diagram = shown === 'failed' ? null : shown;
  useEffect(() => {
    if (marks !== undefined) diagram?.mark(marks);
  }, [diagram, marks]);

  const move = (event: KeyboardEvent) => {
    const way = arrows[event.key];
    if (way === undefined || diagram === null) return;
    event.preventDefault();
    diagram.scroll(...way);
  };

  return (
    <div class="diagram" role="group" aria-label={words.of(name)}>
      {shown === 'failed' && <Note tone="bad">{words.unreadable}</Note>}
      <div ref={container} class="canvas" />
      <div class="tools" onKeyDown={move}>
        <button type="button" class="quiet" onClick={() => diagram?.zoom(closer)} title={words.hint}>
          {words.closer}
        </button>
        <button type="button" class="quiet" onClick={() => diagram?.zoom(1 / closer)} title={words.hint}>
          {words.farther}
        </button>
        <button type="button" class="quiet" onClick={() => diagram?.fit()} title={words.hint}>
          {words.whole}
        </button>
      </div>
    </div>
  );
}
