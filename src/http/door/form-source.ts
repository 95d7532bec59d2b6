import { technicalAccounts } from '../../domain/roles.js';
import type { EngineClient } from '../../engine/client.js';
import { ProductError } from '../../errors.js';
import { checks, type CheckName } from '../../process/contract/index.js';
import { readDiagram, type Diagram } from '../../process/diagram.js';
import { TtlCache } from '../ttl-cache.js';
import { formFields, type FormFields } from './form-fields.js';

/** Where a form is: on a user task, or on the start event of a definition. */
export interface FormPlace {
  readonly processDefinitionId: string;
  /** Null for the start event. */
  readonly taskDefinitionKey: string | null;
  /** Engine path of the deployed form, readable by whoever may fill it in. */
  readonly formPath: string;
}

/** A form with the check that its element names. */
export interface CheckedForm {
  readonly form: FormFields;
  readonly check: CheckName | null;
}

const nothing: FormFields = { fields: new Map(), shown: new Set() };

/** Diagrams and forms of the engine. A definition never changes, nor do the forms deployed with it, so both are kept. */
export class FormSource {
  private readonly diagrams = new TtlCache<Diagram>(Infinity, 500);
  private readonly forms = new TtlCache<FormFields>(Infinity, 2_000);

  constructor(private readonly engine: EngineClient) {}

  /**
   * The form at a place. An element without a form lets nothing be entered.
   * @throws ProductError `forbidden` when the element names a check that this release does not know
   */
  async at(place: FormPlace): Promise<CheckedForm> {
    const { processDefinitionId, taskDefinitionKey, formPath } = place;
    const diagram = await this.diagrams.get(processDefinitionId, () => this.readDiagram(processDefinitionId));
    const element = taskDefinitionKey ?? diagram.startForm;
    const declared = element === null ? undefined : diagram.forms.get(element);
    if (declared === undefined) return { form: nothing, check: null };
    const { check } = declared;
    if (check !== null && !isCheck(check)) {
      throw new ProductError('forbidden', `The diagram names a check "${check}" that this release does not know. Tell an administrator.`);
    }
    const form = await this.forms.get(`${processDefinitionId}/${element}`, () => this.readForm(formPath));
    return { form, check };
  }

  private async readDiagram(processDefinitionId: string): Promise<Diagram> {
    const path = `/process-definition/${encodeURIComponent(processDefinitionId)}/xml`;
    const { bpmn20Xml } = await this.engine.call<{ bpmn20Xml: string }>({ user: technicalAccounts.server, path });
    return readDiagram(bpmn20Xml);
  }

  private async readForm(path: string): Promise<FormFields> {
    return formFields(await this.engine.call({ user: technicalAccounts.server, path }));
  }
}

function isCheck(name: string): name is CheckName {
  return Object.hasOwn(checks, name);
}
