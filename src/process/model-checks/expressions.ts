/**
 * The expressions a diagram may hold. An expression runs inside the engine, where it could reach every bean of it; so a
 * diagram may only read variables and compare them:
 *
 *     text       = { any characters | ( "${" | "#{" ) or "}" }
 *     or         = and { ( "||" | "or" ) and }
 *     and        = test { ( "&&" | "and" ) test }
 *     test       = ( "!" | "not" | "empty" ) test | "(" or ")" | operand [ comparison operand ]
 *     comparison = "==" | "!=" | "<" | "<=" | ">" | ">=" | "eq" | "ne" | "lt" | "le" | "gt" | "ge"
 *     operand    = name | string | number | "true" | "false" | "null"
 *                | "execution.hasVariable(" string ")" | "execution.processBusinessKey"
 *
 * One text begins all its expressions in the same way. Names are variables of the process; whether they are set is for the rule `known-variables` to say.
 */
export interface Expression {
  /** Variables that it reads and that have to exist when it is evaluated. */
  readonly reads: readonly string[];
  /** Variables that exist whenever it is true: the arguments of `hasVariable`. */
  readonly proves: readonly string[];
  /** Variables that hold something whenever it is true: those compared to be neither null nor empty. */
  readonly fills: readonly string[];
  /** All arguments of `hasVariable`, also of tests that prove nothing. */
  readonly tests: readonly string[];
  /** Its answer where only these variables are known, by their texts; null where that does not decide it. */
  truth(known: KnownTexts): boolean | null;
}

export type KnownTexts = ReadonlyMap<string, string>;

/** What is compared: its text, `null` for nothing, or undefined where it is not known. */
interface Operand extends Expression {
  text(known: KnownTexts): string | null | undefined;
}

const token =
  /\s*(?:(?<string>'[^'\\]*'|"[^"\\]*")|(?<number>\d+(?:\.\d+)?)|(?<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(?<symbol>&&|\|\||[=!<>]=|[!<>()}]))/y;
const comparisons = new Set(['==', '!=', '<', '<=', '>', '>=', 'eq', 'ne', 'lt', 'le', 'gt', 'ge']);
const keywords = new Set([...comparisons, 'not', 'empty', 'and', 'or', 'div', 'mod', 'instanceof']);
const undecided = (): null => null;
const nothing: Expression = { reads: [], proves: [], fills: [], tests: [], truth: undecided };

/** A longer text is outside the grammar (characters): it bounds the depth of what is parsed. */
const maxLength = 1_000;

export function holdsExpression(text: string): boolean {
  return /[$#]\{/.test(text);
}

/** True for a text that is one expression and nothing else, as a condition has to be. */
export function isOneExpression(text: string): boolean {
  const trimmed = text.trim();
  return /^[$#]\{/.test(trimmed) && trimmed.endsWith('}') && trimmed.split(/[$#]\{/).length === 2;
}

/** Parses every expression in a text; null when one of them is outside the grammar. */
export function parseExpressions(text: string): Expression[] | null {
  // The engine takes no text with both kinds of braces.
  if (text.length > maxLength || (text.includes('${') && text.includes('#{'))) return null;
  const found: Expression[] = [];
  let position = 0;
  for (;;) {
    const begin = text.slice(position).search(/[$#]\{/);
    if (begin < 0) return found;
    const parser = new Parser(text, position + begin + 2);
    const expression = parser.parse();
    if (expression === null) return null;
    found.push(expression);
    position = parser.position;
  }
}

/** What two parts of an expression read and test together, where neither has to be true. */
function both(one: Expression, other: Expression): Expression {
  return { ...nothing, reads: [...one.reads, ...other.reads], tests: [...one.tests, ...other.tests] };
}

/** The opposite of an expression: what it proved is not proved by it. */
function opposite(one: Expression, fills: readonly string[] = []): Expression {
  const truth = (known: KnownTexts) => {
    const answer = one.truth(known);
    return answer === null ? null : !answer;
  };
  return { ...one, proves: [], fills, truth };
}

/** `==` where `equal`, `!=` otherwise. */
function compared(left: Operand, right: Operand, equal: boolean): Expression {
  const truth = (known: KnownTexts) => {
    const [one, other] = [left.text(known), right.text(known)];
    return one === undefined || other === undefined ? null : (one === other) === equal;
  };
  const blank = (operand: Operand) => [null, ''].some((text) => operand.text(new Map()) === text);
  const fills = equal ? [] : [...(blank(right) ? left.reads : []), ...(blank(left) ? right.reads : [])];
  return { ...both(left, right), fills, truth };
}

/** `||` where `decisive`, `&&` otherwise: one side that answers so decides. */
function joined(left: Expression, right: Expression, decisive: boolean): (known: KnownTexts) => boolean | null {
  return (known) => {
    const answers = [left.truth(known), right.truth(known)];
    if (answers.includes(decisive)) return decisive;
    return answers.includes(null) ? null : !decisive;
  };
}

class Parser {
  private current = '';
  private kind = '';

  constructor(
    private readonly text: string,
    public position: number,
  ) {}

  /** The expression up to its closing brace, or null when it is outside the grammar. */
  parse(): Expression | null {
    this.advance();
    const expression = this.or();
    return expression !== null && this.current === '}' ? expression : null;
  }

  private or(): Expression | null {
    let left = this.and();
    while (left !== null && this.takes('||', 'or')) {
      const right = this.and();
      left = right && { ...both(left, right), truth: joined(left, right, true) };
    }
    return left;
  }

  private and(): Expression | null {
    let left = this.test();
    while (left !== null && this.takes('&&', 'and')) {
      const { proves, fills } = left;
      const right = this.test();
      if (right === null) return null;
      // The right side is only evaluated where the left one is true.
      const reads = right.reads.filter((name) => !proves.includes(name));
      left = {
        ...both(left, { ...right, reads }),
        proves: [...proves, ...right.proves],
        fills: [...fills, ...right.fills],
        truth: joined(left, right, false),
      };
    }
    return left;
  }

  private test(): Expression | null {
    if (this.takes('empty')) return this.empty();
    if (this.takes('!', 'not')) {
      const emptiness = this.current === 'empty';
      const negated = this.test();
      return negated && opposite(negated, emptiness ? negated.reads : []);
    }
    if (this.takes('(')) {
      const inner = this.or();
      return this.takes(')') ? inner : null;
    }
    const left = this.operand();
    const comparison = this.current;
    if (left === null || !this.takes(...comparisons)) return left;
    const right = this.operand();
    if (right === null) return null;
    const equality = { '==': true, eq: true, '!=': false, ne: false }[comparison];
    return equality === undefined ? both(left, right) : compared(left, right, equality);
  }

  private empty(): Expression | null {
    const inner = this.test();
    return inner && { ...inner, proves: [], fills: [], truth: undecided };
  }

  private operand(): Operand | null {
    const { kind, current } = this;
    if (kind === 'symbol' || kind === '') return null;
    this.advance();
    const unknown: Operand = { ...nothing, text: () => undefined };
    if (kind === 'string') return { ...unknown, text: () => current.slice(1, -1) };
    if (current === 'null') return { ...unknown, text: () => null };
    if (kind === 'number' || current === 'execution.processBusinessKey') return unknown;
    if (current === 'true' || current === 'false') return { ...unknown, truth: () => current === 'true' };
    if (current === 'execution.hasVariable') return this.hasVariable();
    if (current.includes('.') || keywords.has(current)) return null;
    return { ...unknown, reads: [current], text: (known) => known.get(current) };
  }

  private hasVariable(): Operand | null {
    if (!this.takes('(') || this.kind !== 'string') return null;
    const name = this.current.slice(1, -1);
    this.advance();
    return this.takes(')') ? { ...nothing, proves: [name], tests: [name], text: () => undefined } : null;
  }

  private takes(...expected: string[]): boolean {
    if (!expected.includes(this.current)) return false;
    this.advance();
    return true;
  }

  /** Reads the next token. The closing brace is the last one: what follows it is text again. */
  private advance(): void {
    token.lastIndex = this.position;
    const match = token.exec(this.text);
    const [kind, value] = Object.entries(match?.groups ?? {}).find(([, each]) => each !== undefined) ?? ['', ''];
    this.kind = kind;
    this.current = value ?? '';
    if (match !== null) this.position = token.lastIndex;
  }
}
