import pg from 'pg';
import { chaosBackend, untilNoInstanceRuns } from '../lib/production-ordeal.js';
import { databaseUrls } from '../lib/canary-search.js';
import { judge, type Verdict } from '../lib/production-judge.js';
import { approvedCards, startProduction } from '../lib/production-installation.js';

/** Long enough for a second call while the first card is made (ms). */
const cardMs = 6_000;

/**
 * One card whose order reaches the shop and whose answer does not come back, and the judgement of it.
 * @param mutant without the rule that a backend is asked before it is called again
 */
export async function loseOneAnswer(mutant: boolean): Promise<Verdict> {
  const { installation, stop } = await startProduction({
    script: { cardMs, honoursKeys: false },
    backend: chaosBackend,
    mutant,
    say: () => undefined,
  });
  try {
    const cards = await approvedCards(installation, 1);
    // Twice, since a question for the status may come first.
    await lose(await installation.settingOf('print-shop', 'PRINT_SHOP_PORT'), 2);
    await installation.callUntilAnswered('producer', 'POST', `/cards/${cards[0]}/production`, undefined, {
      'idempotency-key': 'order',
    });
    await untilNoInstanceRuns({ installation }, 60_000);
    const db = new pg.Client({ connectionString: (await databaseUrls(installation)).cards });
    await db.connect();
    try {
      return await judge(installation, db, cards);
    } finally {
      await db.end();
    }
  } finally {
    await stop();
  }
}

async function lose(port: string, answers: number): Promise<void> {
  for (let each = 0; each < answers; each += 1) {
    await fetch(`http://127.0.0.1:${port}/play`, {
      method: 'POST',
      body: new URLSearchParams({ what: 'answer-lost' }),
      redirect: 'manual',
    });
  }
}
