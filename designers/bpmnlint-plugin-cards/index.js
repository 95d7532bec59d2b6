/** What Camunda Modeler looks for in each folder of its `plugins`. `npm run designers` builds the script. */
module.exports = { name: 'Card request rules', script: './dist/client.js' };
