import { pageUrl, navigate, usePlace } from '../../app/router.js';
import { texts } from '../../texts.js';
import { ChoiceField } from '../../ui/field.js';
import { Page } from '../../ui/page.js';
import { Approvals } from './approvals.js';
import { Counts } from './counts.js';
import { Durations } from './durations.js';
import { Failures } from './failures.js';
import { ForeignDefinitions } from './foreign-definitions.js';
import { Incidents } from './incidents.js';
import { StuckProcesses } from './stuck-processes.js';
import { Waiting } from './waiting.js';

const words = texts.insight;
const spans = Object.entries(words.span.days);
const usual = '30';

/** Where requests and cards wait, how long they take, and what went wrong. */
export default function InsightPage() {
  const place = usePlace();
  const asked = place.query.get('days') ?? usual;
  const days = Number(spans.some(([each]) => each === asked) ? asked : usual);
  return (
    <Page title={words.title} intro={words.intro}>
      <ForeignDefinitions />
      <StuckProcesses />
      <Incidents />
      <Waiting />
      <Approvals />
      <div class="narrow">
        <ChoiceField
          label={words.span.label}
          value={String(days)}
          choices={spans}
          onChange={(value) => navigate(pageUrl(place.path, { days: value }))}
        />
      </div>
      <Counts days={days} />
      <Durations days={days} />
      <Failures days={days} />
    </Page>
  );
}
