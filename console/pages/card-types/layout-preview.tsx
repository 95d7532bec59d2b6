import { apiUrl, at } from '../../app/api.js';
import { texts } from '../../texts.js';

const words = texts.cardTypes.preview;

export interface LayoutPreviewProps {
  /** Id of a layout; empty where none is chosen. */
  readonly layout: string;
  readonly cardTypeName: string | undefined;
}

/** Both sides of a sample card, as a layout draws it. */
export function LayoutPreview({ layout, cardTypeName }: LayoutPreviewProps) {
  if (layout === '') return <p class="hint">{words.none}</p>;
  const url = (side: 'front' | 'back') => apiUrl(at`/layouts/${layout}/preview.png`, { side, cardTypeName });
  return (
    <section aria-label={words.title}>
      <p class="hint">{words.intro}</p>
      <ul class="card-sides">
        <li>
          <img src={url('front')} width={1011} height={638} alt={words.front} />
        </li>
        <li>
          <img src={url('back')} width={1011} height={638} alt={words.back} />
        </li>
      </ul>
    </section>
  );
}
