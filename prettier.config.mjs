/**
 * One formatter for everything that people write by hand; `npm run format` applies it and `npm run lint` asks for it. Not for HTML
 * in templates: white space in it is seen on the pages.
 */
export default { printWidth: 120, singleQuote: true, embeddedLanguageFormatting: 'off' };
