/**
 * Text for a `text` component of a Camunda Form, which reads Markdown and markup in its data: everything that could be either
 * is shown as it was written. Tables escape by themselves.
 */
function asFormText(text: string): string {
  return text.replace(/[\\`*_{}[\]<>()#+\-!|&~]/g, (character) =>
    character === '<' ? '&lt;' : character === '&' ? '&amp;' : `\\${character}`,
  );
}

/** The notice above a form: why it came back, if it did, and what there is to do. */
export function formNotice(refusal: string | null, notice: string): string {
  return refusal === null ? asFormText(notice) : `**${asFormText(refusal)}**\n\n${asFormText(notice)}`;
}
