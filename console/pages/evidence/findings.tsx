import type { FindingBody } from '../../../src/records/audit/evidence-routes.js';
import { texts } from '../../texts.js';
import { DataTable } from '../../ui/data-table.js';

const words = texts.evidence.alarm;

/** What is not as it was sealed, each thing in a sentence with what it means. */
export function FindingTable({
  findings,
  total,
}: {
  readonly findings: readonly FindingBody[];
  readonly total: number;
}) {
  const hidden = total - findings.length;
  return (
    <>
      <DataTable
        caption={words.findings}
        rows={findings.map((finding, at) => ({ ...finding, key: String(at) }))}
        keyOf={({ key }) => key}
        empty={null}
        columns={[
          {
            heading: words.finding,
            cell: ({ message, kind }) => (
              <>
                {message}
                <p class="soft">{kind}</p>
              </>
            ),
          },
          { heading: words.meaning, cell: ({ meaning }) => meaning },
          { heading: words.row, cell: ({ row }) => row ?? texts.common.none },
          { heading: words.block, cell: ({ block }) => block ?? texts.common.none },
        ]}
      />
      {hidden > 0 && <p class="soft">{words.hidden(hidden)}</p>}
    </>
  );
}
