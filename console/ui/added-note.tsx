import { usePlace } from '../app/router.js';
import { texts } from '../texts.js';
import { Note } from './note.js';

/** Says that a record was added, where the form of a new one has led here (`?done=added`); the form forgets it when it is sent again. */
export function AddedNote() {
  const { query } = usePlace();
  return query.get('done') === 'added' ? <Note tone="good">{texts.record.added}</Note> : null;
}
