export default {
  app: { vendor: 'Open Card Requests', name: 'Admin' },
  customScripts: ['../tasklist/opencards/plugins'],
  disableWelcomeMessage: true,
};
