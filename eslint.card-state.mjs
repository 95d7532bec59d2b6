/** Who writes the state of a card: one file, so that each change is guarded and has its audit row (docs/decisions/requests-and-cards.md). */
export const cardStateWriter = 'src/cards/card-moves.ts';

const message = `The state of a card is written by ${cardStateWriter} alone: use one of its moves.`;
const sql = /\b(update|merge into|insert into|copy)\s+(only\s+)?(public\.)?"?card"?(?![\w-])/i;
const table = /^(public\.)?card( as \w+)?$/i;
const writes = /^(insert|update|upsert|increment|decrement|into|merge)$/;

/** For `no-restricted-syntax`: SQL text and query builders that make cards or change them. */
export const cardStateRules = [
  { selector: `TemplateElement[value.raw=${sql}]`, message },
  { selector: `Literal[value=${sql}]`, message },
  { selector: `CallExpression[callee.property.name=${writes}] CallExpression[arguments.0.value=${table}]`, message },
  { selector: `CallExpression[callee.property.name=into][arguments.0.value=${table}]`, message },
];
