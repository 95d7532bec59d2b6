/** What of the engine's interface people may well try, and where it is done instead. The first one that matches is said. */
export const explanations: readonly { readonly path: RegExp; readonly sentence: string }[] = [
  {
    path: /\/setup(\/|$)/,
    sentence: 'There is no first-run setup here: administrators create accounts in the console, at /console/accounts.',
  },
  { path: /\/auth\/user\/[^/]+\/login(\/|$)/, sentence: 'Sign in at /sign-in.' },
  {
    path: /\/user\/create$/,
    sentence:
      'Accounts are created by administrators, in the console, at /console/accounts, or with: npm run cards -- accounts create.',
  },
  {
    path: /\/user\/[^/]+\/credentials$/,
    sentence:
      'Passwords are not changed here: everybody changes their own at /password, administrators make new ones in the console, at /console/accounts.',
  },
  {
    path: /\/user\/[^/]+\/unlock$/,
    sentence:
      'Nothing is to be unlocked: after wrong passwords the next try only has to wait. Administrators make new passwords in the console, at /console/accounts.',
  },
  {
    path: /\/user\//,
    sentence:
      'Names, e-mail addresses and accounts are changed by administrators, in the console, at /console/accounts, or with: npm run cards -- accounts.',
  },
  {
    path: /\/identity\//,
    sentence: 'Passwords are judged at the sign-in only; /password shows their rules.',
  },
  { path: /\/tenant(\/|$)/, sentence: 'Tenants are not used: one installation serves one organisation.' },
  {
    path: /\/authorization(\/|$)/,
    sentence:
      'Permissions follow from roles and are not changed here. Roles are given in the console, at /console/accounts.',
  },
  {
    path: /\/filter(\/|$)/,
    sentence:
      'Filters are part of the installation and are not changed here. Requests are searched at /console/requests, cards at /console/cards.',
  },
  {
    path: /\/(deployment|process-definition\/.*(delete|history-time-to-live))(\/|$)/,
    sentence:
      'Diagrams are deployed through the gate only: by Camunda Modeler, or with: npm run cards -- deploy. Definitions that never passed it are removed at /console/insight.',
  },
  {
    path: /\/(process-definition|process-instance|job-definition|job|batch)\/(.*\/)?suspended(-async)?$/,
    sentence:
      'Nothing is suspended here: use cases are enabled and disabled in the console, at /console/use-cases, and requests aborted at /console/requests.',
  },
  {
    path: /\/process-definition\/.*(start|restart|restart-async|submit-form)$/,
    sentence: 'Processes are started by their form only, in Tasklist.',
  },
  {
    path: /\/process-definition\//,
    sentence:
      'Definitions are not deleted here: versions are chosen and released in the console, at /console/use-cases.',
  },
  {
    path: /\/migration(\/|$)/,
    sentence: 'Running requests are moved to another version with: npm run cards -- process migrate.',
  },
  {
    path: /\/(variables|localVariables|variables-async|variable-instances?)(\/|$)/,
    sentence:
      'Variables are changed by forms only, in Tasklist. What is true about a card is seen and changed in the console, at /console/cards.',
  },
  {
    path: /\/(modification|modification-async|message|message-async|signal|condition|execution)(\/|$)/,
    sentence:
      'The course of a process is changed by its forms only, in Tasklist. A request is aborted in the console, at /console/requests.',
  },
  {
    path: /\/process-instance\/(delete|delete-historic-query-based)$/,
    sentence: 'Instances are cancelled one by one, in Cockpit; requests are aborted at /console/requests.',
  },
  {
    path: /\/process-instance\/.*comment/,
    sentence: 'Comments are written in Tasklist, and stay.',
  },
  {
    path: /\/(process-instance\/job-retries(-historic-query-based)?|job\/retries|external-task\/retries(-async)?|job-definition\/[^/]+\/retries)$/,
    sentence: 'Jobs and tasks are tried again one by one, in Cockpit, or at /console/insight.',
  },
  {
    path: /\/(batch|job|job-definition)(\/|$)/,
    sentence:
      'Jobs and batches of the engine run by themselves. What failed is tried again at /console/insight; batch orders are at /console/batches.',
  },
  {
    path: /\/incident(\/|$)|\/create-incident$/,
    sentence: 'Incidents are not written or resolved by hand: what failed is tried again at /console/insight.',
  },
  {
    path: /\/external-task(\/|$)/,
    sentence: 'Tasks of workers are worked on by workers only. What failed is tried again at /console/insight.',
  },
  {
    path: /\/history(\/|$)/,
    sentence: 'History is not changed or deleted by hand: how long it stays is said at /console/retention.',
  },
  {
    path: /\/task(\/|$)/,
    sentence: 'A task is worked on by its form only, in Tasklist.',
  },
  {
    path: /\/decision-definition(\/|$)/,
    sentence: 'Decision tables are evaluated by the processes that name them, and previewed at /console/use-cases.',
  },
  { path: /\/case-(definition|instance|execution)(\/|$)/, sentence: 'Cases (CMMN) are not used.' },
  {
    path: /\/(telemetry|metrics|schema)(\/|$)/,
    sentence: 'Settings of the engine are part of the installation. What it does is measured at /metrics.',
  },
];
