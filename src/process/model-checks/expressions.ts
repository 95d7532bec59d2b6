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
 * Names are variables of the process; whether they are set is for the rule `known-variables` to say.
 */
export interface Expression {
  /** Variables that it reads and that have to exist when it is evaluated. */
  readonly reads: readonly string[];
  /** Variables that exist whenever it is true: the arguments of `hasVariable`. */
  readonly proves: readonly string[];
  /** All arguments of `hasVariable`, whatever follows from them. */
  readonly tests: readonly string[];
}

const token =
  /\s*(?:(?<string>'[^'\\]*'|"[^"\\]*")|(?<number>\d+(?:\.\d+)?)|(?<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)|(?<symbol>&&|\|\||[=!<>]=|[!<>()}]))/y;
const comparisons = new Set(['==', '!=', '<', '<=', '>', '>=', 'eq', 'ne', 'lt', 'le', 'gt', 'ge']);
const prefixes = new Set(['!', 'not', 'empty']);
const constants = new Set(['true', 'false', 'null']);
const keywords = new Set([...comparisons, ...prefixes, 'and', 'or', 'div', 'mod', 'instanceof']);
const nothing: Expression = { reads: [], proves: [], tests: [] };

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
  if (text.length > maxLength) return null;
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
  return { reads: [...one.reads, ...other.reads], proves: [], tests: [...one.tests, ...other.tests] };
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
      left = right && both(left, right);
    }
    return left;
  }

  private and(): Expression | null {
    let left = this.test();
    while (left !== null && this.takes('&&', 'and')) {
      const { proves } = left;
      const right = this.test();
      // The right side is only evaluated where the left one is true.
      const reads = right?.reads.filter((name) => !proves.includes(name)) ?? [];
      left = right && { ...both(left, { ...right, reads }), proves: [...proves, ...right.proves] };
    }
    return left;
  }

  private test(): Expression | null {
    if (this.takes(...prefixes)) {
      const negated = this.test();
      return negated && { ...negated, proves: [] };
    }
    if (this.takes('(')) {
      const inner = this.or();
      return this.takes(')') ? inner : null;
    }
    const left = this.operand();
    if (left === null || !this.takes(...comparisons)) return left;
    const right = this.operand();
    return right && both(left, right);
  }

  private operand(): Expression | null {
    const { kind, current } = this;
    if (kind === 'symbol' || kind === '') return null;
    this.advance();
    if (kind === 'string' || kind === 'number' || constants.has(current)) return nothing;
    if (current === 'execution.processBusinessKey') return nothing;
    if (current === 'execution.hasVariable') return this.hasVariable();
    return current.includes('.') || keywords.has(current) ? null : { ...nothing, reads: [current] };
  }

  private hasVariable(): Expression | null {
    if (!this.takes('(') || this.kind !== 'string') return null;
    const name = this.current.slice(1, -1);
    this.advance();
    return this.takes(')') ? { reads: [], proves: [name], tests: [name] } : null;
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
