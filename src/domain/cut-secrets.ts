/** Takes secrets out of a text of someone else's making, such as the answer of a mail server that quotes its mail. */
export function cutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((cut, secret) => cut.replaceAll(secret, '[cut]'), text);
}
