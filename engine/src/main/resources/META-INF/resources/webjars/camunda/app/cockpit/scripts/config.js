export default {
  app: { vendor: 'Open Card Requests', name: 'Cockpit' },
  customScripts: ['../tasklist/opencards/plugins'],
  disableWelcomeMessage: true,
};
