import { technicalAccounts } from '../../domain/roles.js';
import type { EngineClient } from '../../engine/client.js';
import type { DeployedDiagrams } from '../../engine/diagrams.js';
import { ProductError } from '../../kernel/errors.js';
import { checks, type CheckName } from '../../process/contract/index.js';
import { DiagramError, type Diagram } from '../../process/diagram.js';
import { TtlCache } from '../ttl-cache.js';
import { formFields, type FormFields } from './form-fields.js';

/** Where a form is: on a user task, or on the start event of a definition. */
export interface FormPlace {
  readonly processDefinitionId: string;
  /** Null for the start event. */
  readonly taskDefinitionKey: string | null;
  /** Engine path of the deployed form. */
  readonly formPath: string;
}

/** A form with the check that its element names. */
export interface CheckedForm {
  readonly form: FormFields;
  readonly check: CheckName | null;
}

const nothing: FormFields = { fields: new Map(), shown: new Set() };

/** The forms of deployed definitions. Model rules demand that they are bound to their deployment: each is read once. */
export class FormSource {
  private readonly forms = new TtlCache<FormFields>(Infinity, 2_000);

  constructor(
    private readonly engine: EngineClient,
    private readonly diagrams: DeployedDiagrams,
  ) {}

  /**
   * The form at a place. An element without a form lets nothing be entered.
   * @throws ProductError `forbidden` when the diagram cannot be read, or names a check that this release does not know
   */
  async at({ processDefinitionId, taskDefinitionKey, formPath }: FormPlace): Promise<CheckedForm> {
    const diagram = await this.diagram(processDefinitionId);
    const element = taskDefinitionKey ?? diagram.startForm;
    const declared = element === null ? undefined : diagram.forms.get(element);
    if (declared === undefined) return { form: nothing, check: null };
    const { check } = declared;
    if (check !== null && !isCheck(check)) {
      throw new ProductError(
        'forbidden',
        `The diagram names a check "${check}" that this release does not know. Tell an administrator.`,
      );
    }
    return { form: await this.forms.get(`${processDefinitionId}/${element}`, () => this.read(formPath)), check };
  }

  private async diagram(processDefinitionId: string): Promise<Diagram> {
    try {
      return await this.diagrams.get(processDefinitionId);
    } catch (raw) {
      if (!(raw instanceof DiagramError)) throw raw;
      throw new ProductError(
        'forbidden',
        `Its form cannot be checked: ${raw.message} Tell an administrator.`,
        {},
        { cause: raw },
      );
    }
  }

  private async read(path: string): Promise<FormFields> {
    return formFields(await this.engine.call({ user: technicalAccounts.server, path }));
  }
}

function isCheck(name: string): name is CheckName {
  return Object.hasOwn(checks, name);
}
