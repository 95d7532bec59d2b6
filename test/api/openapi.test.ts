import { enable, password, startProduct, type Product } from '../support/product.js';
import { installSchemathesis, runSchemathesis } from '../support/schemathesis.js';

/** `npm run fuzz:api` makes more calls than the tests. */
const examples = Number(process.env['API_FUZZ_EXAMPLES'] ?? 5);
const seed = Number(process.env['API_FUZZ_SEED'] ?? 1);

(installSchemathesis() ? describe : describe.skip)('the API keeps to its OpenAPI file', () => {
  let product: Product;

  beforeAll(async () => {
    product = await startProduct();
    await enable(product, 'with-approval');
  }, 120_000);

  afterAll(() => product?.stop(), 60_000);

  it.each(['admin', 'operator'])(
    'for everything that %s sends: no answer that it does not declare, and no 5xx',
    async (account) => {
      const { found, report } = await runSchemathesis({
        openapi: `${product.url}/api/v1/openapi.json`,
        account,
        password,
        examples,
        seed,
        // A second factor for all administrators would shut out the account that calls, and nothing more would be tried.
        except: '/groups/\\{role\\}/second-factor',
      });
      process.stderr.write(report.slice(-6000));
      if (found) throw new Error(report);
    },
    3_600_000,
  );
});
