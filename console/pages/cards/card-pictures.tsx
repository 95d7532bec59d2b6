import type { CardBody } from '../../../src/cards/card-routes.js';
import { apiUrl, at } from '../../app/api.js';
import { texts } from '../../texts.js';

const words = texts.cards.picture;

/** Front and back of a card. @param props.approved whether it shows what was approved */
export function CardPictures({ card, approved }: { readonly card: CardBody; readonly approved: boolean }) {
  const sides = [
    ['front', words.front],
    ['back', words.back],
  ] as const;
  return (
    <>
      <h2>{words.title}</h2>
      <p class="soft">{approved ? words.asApproved : words.asNow}</p>
      <ul class="card-sides">
        {sides.map(([side, name]) => (
          <li key={side}>
            <img
              src={apiUrl(at`/cards/${card.id}/preview.png`, { side, of: card.changedAt })}
              alt={words.alt(name)}
              width={1011}
              height={638}
            />
          </li>
        ))}
      </ul>
    </>
  );
}
