import type { InsightOpenApprovalsBody } from '../../../src/oversight/insight/insight-routes.js';
import { get } from '../../app/api.js';
import { useResource } from '../../app/resource.js';
import { texts } from '../../texts.js';
import { DataTable } from '../../ui/data-table.js';
import { durationText } from '../../ui/duration.js';
import { Loaded } from '../../ui/loaded.js';

const words = texts.insight.approvals;

type AgeClass = InsightOpenApprovalsBody['classes'][number];

/** Requests that wait for a decision, by how long. */
export function Approvals() {
  const approvals = useResource('open approvals', (signal) =>
    get<InsightOpenApprovalsBody>('/insight/open-approvals', {}, signal),
  );
  return (
    <section>
      <h2>{words.title}</h2>
      <Loaded resource={approvals}>
        {({ classes }) => {
          const all = classes.reduce((sum, { count }) => sum + count, 0);
          if (all === 0) return <p class="empty">{words.none}</p>;
          return (
            <DataTable
              caption={words.caption}
              rows={classes}
              keyOf={({ fromHours }) => String(fromHours)}
              empty={null}
              columns={[
                { heading: words.columns.age, cell: ageText },
                { heading: words.columns.count, cell: ({ count }) => count.toLocaleString('en-GB') },
                {
                  heading: words.columns.share,
                  cell: (each) => <progress value={each.count} max={all} aria-label={ageText(each)} />,
                },
              ]}
            />
          );
        }}
      </Loaded>
    </section>
  );
}

function ageText({ fromHours, toHours }: AgeClass): string {
  const text = (hours: number) => durationText(hours * 3_600);
  if (toHours === null) return words.over(text(fromHours));
  return fromHours === 0 ? words.upTo(text(toHours)) : words.between(text(fromHours), text(toHours));
}
