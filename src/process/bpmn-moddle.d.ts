/** The little of bpmn-moddle that we use; the package ships types for BPMN's elements but none for its parser. */
declare module 'bpmn-moddle' {
  export interface ModdleElement {
    readonly $type: string;
    readonly $parent?: ModdleElement;
    readonly [property: string]: unknown;
    get(property: string): unknown;
  }

  export class BpmnModdle {
    constructor(packages?: Record<string, unknown>);
    fromXML(xml: string): Promise<{
      rootElement: ModdleElement;
      warnings: readonly { message: string }[];
      elementsById: Record<string, ModdleElement>;
    }>;
  }
}
