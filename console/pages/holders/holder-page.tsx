import { useState } from 'preact/hooks';
import type { HolderBody } from '../../../src/directory/holders/holder-routes.js';
import { at, get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { pageUrl } from '../../app/router.js';
import type { PageProps } from '../../app/page-props.js';
import { texts } from '../../texts.js';
import { Facts } from '../../ui/facts.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import { ErasePersonalData } from './erase-personal-data.js';
import { HolderPhoto } from './holder-photo.js';
import { HolderStateBadge } from './holder-state.js';

const words = texts.holders;

/** One card holder, with the photo. */
export default function HolderPage({ params: { id = '' } }: PageProps) {
  const holder = useResource(`holder ${id}`, (signal) => get<HolderBody>(at`/holders/${id}`, {}, signal));
  const [erasing, setErasing] = useState(false);
  const { data } = holder;
  const name = data === undefined ? words.title : words.name(data.givenName, data.familyName);
  return (
    <Page title={name}>
      <Loaded resource={holder}>
        {({ employeeNumber, department, email, upn, state, account, hasPhoto }) => (
          <>
            <div class="beside">
              <section class="card" aria-label={name}>
                <Facts
                  facts={[
                    [words.facts.number, employeeNumber],
                    [words.facts.department, department],
                    [words.facts.email, email],
                    [words.facts.upn, upn],
                    [
                      words.facts.state,
                      <>
                        <HolderStateBadge state={state} />
                        <p class="soft">{words.stateHint}</p>
                      </>,
                    ],
                    [words.facts.account, account ?? words.facts.noAccount],
                    [words.facts.has, <HolderLinks employeeNumber={employeeNumber} />],
                  ]}
                />
                <p class="soft">{words.changeHint}</p>
              </section>
              <HolderPhoto id={id} name={name} hasPhoto={hasPhoto} onChanged={holder.reload} />
            </div>
            <section class="card" aria-labelledby="personal-data">
              <h2 id="personal-data">{words.erase.title}</h2>
              <p>{words.erase.intro}</p>
              <p>
                <button type="button" class="quiet" onClick={() => setErasing(true)}>
                  {words.erase.button}
                </button>
              </p>
            </section>
            {erasing && <ErasePersonalData id={id} name={name} onClose={() => setErasing(false)} />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** To everything that was made or asked for in the name of a card holder. */
function HolderLinks({ employeeNumber: q }: Pick<HolderBody, 'employeeNumber'>) {
  return (
    <>
      <a href={pageUrl('/cards', { q })}>{texts.cards.title}</a> ·{' '}
      <a href={pageUrl('/requests', { q })}>{texts.requests.title}</a>
    </>
  );
}
