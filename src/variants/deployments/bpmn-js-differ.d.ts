/** The little of bpmn-js-differ that we use; the package ships no types. Its keys are ids of elements. */
declare module 'bpmn-js-differ' {
  import type { ModdleElement } from 'bpmn-moddle';

  export function diff(
    before: ModdleElement,
    after: ModdleElement,
  ): {
    readonly _added: Readonly<Record<string, ModdleElement>>;
    readonly _removed: Readonly<Record<string, ModdleElement>>;
    readonly _layoutChanged: Readonly<Record<string, ModdleElement>>;
  };
}
