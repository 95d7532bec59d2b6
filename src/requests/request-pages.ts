import { z } from 'zod';
import type { Knex } from '../kernel/db/database.js';
import { isProductError, ProductError } from '../kernel/errors.js';
import type { Page, PageContext } from '../web/pages/page.js';
import { REQUESTS_PATH, requestListPage } from './request-list-page.js';
import { texts } from './request-page-texts.js';
import { getRequest } from './request-reading.js';
import type { RequestService } from './request-service.js';
import { requestStoryPage } from './request-story-page.js';
import type { RequestTasks } from './request-tasks.js';
import type { RequestDetails } from './request-types.js';

export interface RequestPagesDeps {
  readonly db: Knex;
  readonly requests: RequestService;
  readonly tasks: RequestTasks;
}

const roles = ['operator'] as const;
const requestPath = `${REQUESTS_PATH}/:id`;

/** `/my-requests`: an operator's own requests, each with its story, and aborting them. */
export function requestPages({ db, requests, tasks }: RequestPagesDeps): Page[] {
  return [
    {
      method: 'get',
      path: REQUESTS_PATH,
      roles,
      link: { label: texts.title, hint: texts.hint },
      handler: (context) => requestListPage(db, tasks, context),
    },
    {
      method: 'get',
      path: requestPath,
      roles,
      handler: async (context) => requestStoryPage(db, tasks, await ownRequest(db, context), context),
    },
    {
      method: 'post',
      path: `${requestPath}/abort`,
      roles,
      handler: async (context) => {
        const { user, query, form } = context;
        const { id } = await ownRequest(db, context);
        const reason = textOf(form, 'reason');
        try {
          await requests.abort(user.id, id, reason);
        } catch (raw) {
          if (!isProductError(raw, 'not-requested', 'transition-refused')) throw raw;
          // Read again: it is in another state than the person saw.
          return requestStoryPage(db, tasks, await getRequest(db, id), { query, refused: { refusal: raw, reason } });
        }
        return { redirect: `${REQUESTS_PATH}/${id}?done=aborted` };
      },
    },
  ];
}

/** @throws ProductError `not-found` also for a request of someone else, whose existence is nobody's business */
async function ownRequest(db: Knex, { params, user }: PageContext): Promise<RequestDetails> {
  const id = z.uuid().safeParse(params['id']);
  const request = id.success ? await getRequest(db, id.data) : null;
  if (request?.requester !== user.id) throw new ProductError('not-found', 'There is no such request.');
  return request;
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
