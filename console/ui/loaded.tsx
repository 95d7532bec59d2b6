import type { ComponentChildren } from 'preact';
import type { Resource } from '../app/resource.js';
import { texts } from '../texts.js';
import { RefusalNote } from './note.js';

export interface LoadedProps<T> {
  readonly resource: Resource<T>;
  readonly children: (data: T) => ComponentChildren;
}

/** Shows what was read; before that, that it is being read; and why it could not be, with a way to try again. */
export function Loaded<T>({ resource: { data, refusal, loading, reload }, children }: LoadedProps<T>) {
  return (
    <>
      {refusal !== null && <RefusalNote refusal={refusal} retry={reload} />}
      {data === undefined
        ? loading && (
            <p class="soft" role="status">
              {texts.common.loading}
            </p>
          )
        : children(data)}
    </>
  );
}
