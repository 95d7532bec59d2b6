import type { BackendKind } from '../backend-kind.js';
import { httpBackend } from './http-backend.js';
import { httpSettings } from './http-settings.js';
import { webhookRoutes } from './webhook-routes.js';

/** Print bureaus over HTTP. */
export const httpKind: BackendKind = {
  kind: 'http',
  name: 'print bureau (HTTP)',
  settings: httpSettings,
  secrets: {
    token: { purpose: 'By which the bureau knows us', sent: true },
    webhookKey: { purpose: 'Signs what the bureau calls us with', sent: false },
  },
  create: httpBackend,
  routes: webhookRoutes,
};
