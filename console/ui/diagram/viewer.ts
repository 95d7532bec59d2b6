import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import type Canvas from 'diagram-js/lib/core/Canvas';
import type ElementRegistry from 'diagram-js/lib/core/ElementRegistry';
import type Overlays from 'diagram-js/lib/features/overlays/Overlays';

/** What is shown on top of a diagram, by the ids of its elements; ids that it does not have are passed over. */
export interface Marks {
  /** Class of the colour that an element gets, with the sign that says the same without colour. */
  readonly changes: ReadonlyMap<
    string,
    { readonly className: string; readonly sign: string; readonly meaning: string }
  >;
  /** Running instances at a step, with the words for it. */
  readonly counts: ReadonlyMap<string, { readonly count: number; readonly meaning: string }>;
}

/** A diagram on the page. */
export interface ShownDiagram {
  mark(marks: Marks): void;
  fit(): void;
  /** @param factor above 1 to come closer */
  zoom(factor: number): void;
  /** Moves what is seen, in pixels of the screen. */
  scroll(dx: number, dy: number): void;
  destroy(): void;
}

const fitted = 'fit-viewport';

/**
 * Draws a diagram. The wheel stays with the page: it is moved by dragging and by the buttons beside it.
 * @throws Error when the diagram cannot be read
 */
export async function showDiagram(container: HTMLElement, xml: string, name: string): Promise<ShownDiagram> {
  const viewer = new NavigatedViewer({ container, zoomScroll: { enabled: false } });
  try {
    await viewer.importXML(xml);
  } catch (cause) {
    viewer.destroy();
    throw cause;
  }
  const canvas = viewer.get<Canvas>('canvas');
  const overlays = viewer.get<Overlays>('overlays');
  const elements = viewer.get<ElementRegistry>('elementRegistry');
  const drawing = container.querySelector('svg[data-element-id], .djs-container > svg');
  drawing?.setAttribute('role', 'img');
  drawing?.setAttribute('aria-label', name);
  drawing?.setAttribute('tabindex', '-1');
  // Centred, once it is there.
  canvas.zoom(fitted, 'auto' as never);

  let marked: [id: string, className: string][] = [];
  return {
    mark: ({ changes, counts }) => {
      for (const [id, className] of marked) canvas.removeMarker(id, className);
      overlays.clear();
      marked = [];
      for (const [id, { className, sign, meaning }] of changes) {
        // The process itself is the ground that all is drawn on.
        if (elements.get(id)?.parent == null) continue;
        canvas.addMarker(id, className);
        marked.push([id, className]);
        if (!isConnection(elements, id))
          overlays.add(id, 'change', {
            position: { top: -12, left: -8 },
            html: badge(`sign ${className}`, sign, meaning),
          });
      }
      for (const [id, { count, meaning }] of counts) {
        if (elements.get(id) !== undefined)
          overlays.add(id, 'count', {
            position: { top: -14, right: 14 },
            html: badge('count', String(count), meaning),
          });
      }
    },
    fit: () => void canvas.zoom(fitted, 'auto' as never),
    zoom: (factor) => void canvas.zoom(canvas.zoom() * factor),
    scroll: (dx, dy) => void canvas.scroll({ dx, dy }),
    destroy: () => viewer.destroy(),
  };
}

function isConnection(elements: ElementRegistry, id: string): boolean {
  return 'waypoints' in (elements.get(id) ?? {});
}

function badge(className: string, text: string, meaning: string): HTMLElement {
  const element = document.createElement('div');
  element.className = className;
  element.textContent = text;
  element.title = meaning;
  return element;
}
