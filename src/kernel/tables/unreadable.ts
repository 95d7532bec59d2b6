import { ProductError } from '../errors.js';

/**
 * The refusal of a whole table, in the shape of a refusal that names rows.
 * @param row where reading ended, as a spreadsheet counts; the first one by default
 * @param field the column there
 */
export function unreadable(message: string, cause?: unknown, row = 1, field = ''): ProductError {
  return new ProductError('import-invalid', message, { rows: [{ row, field, message }], rowCount: 1 }, { cause });
}
