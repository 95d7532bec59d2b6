/** One formatter for everything that people write by hand; `npm run format` applies it and `npm run lint` asks for it. */
export default { printWidth: 120, singleQuote: true };
