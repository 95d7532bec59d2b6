/** What every page of the console is given. */
export interface PageProps {
  /** Values of the path's parameters. */
  readonly params: Readonly<Record<string, string>>;
}
