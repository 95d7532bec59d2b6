import { extensionProperties, useCaseIds } from '../../contract/index.js';
import { extensionProperty } from '../../diagram.js';
import { executableProcesses, idOf } from '../elements.js';
import { isVariant, useCaseOf } from '../variant-declaration.js';
import { diagramRule } from '../rule.js';

/** An administrator chooses a variant by its name among those of a use case. */
export const variantNames = diagramRule('variant-names', function* (definitions, { models }) {
  for (const process of executableProcesses(definitions).filter(isVariant)) {
    const variant = extensionProperty(process, extensionProperties.variant) ?? '';
    if (useCaseOf(process) === null) {
      yield [
        process,
        `Name one of the use cases ${useCaseIds.join(', ')} in the extension property "${extensionProperties.useCase}".`,
      ];
    }
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(variant)) {
      yield [
        process,
        `Name the variant in lower-case words, for example with-approval, in the extension property "${extensionProperties.variant}".`,
      ];
    }
    const namesakes = models.processes.filter(
      (other) =>
        other !== process &&
        useCaseOf(other) === useCaseOf(process) &&
        extensionProperty(other, extensionProperties.variant) === variant,
    );
    if (namesakes.length > 0) {
      yield [
        process,
        `The variant "${variant}" is also what ${namesakes.map(idOf).join(', ')} is called: give this one another name.`,
      ];
    }
  }
});
