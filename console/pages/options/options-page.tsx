import { useState } from 'preact/hooks';
import type { OptionBody } from '../../../src/directory/options/option-routes.js';
import { get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { texts } from '../../texts.js';
import { Loaded } from '../../ui/loaded.js';
import { Page } from '../../ui/page.js';
import type { Records } from '../../ui/record-list.js';
import { OptionForm } from './option-form.js';

const words = texts.options;

/** Every option with its value, its default, and the work that a change touches. */
export default function OptionsPage() {
  const options = useResource('options', (signal) => get<Records<OptionBody>>('/options', {}, signal));
  const [changed, setChanged] = useState<readonly OptionBody[] | null>(null);
  return (
    <Page title={words.title} intro={words.intro}>
      <Loaded resource={options}>
        {({ items }) =>
          (changed ?? items).map((option) => <OptionForm key={option.name} option={option} onAnswer={setChanged} />)
        }
      </Loaded>
    </Page>
  );
}
