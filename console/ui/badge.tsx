export interface BadgeProps {
  readonly text: string;
  /** Only adds a colour: the text says it all. */
  readonly tone?: 'plain' | 'good' | 'bad';
}

/** A state in words. */
export function Badge({ text, tone = 'plain' }: BadgeProps) {
  return <span class={`state ${tone}`}>{text}</span>;
}
