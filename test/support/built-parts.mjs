/** Before a file of the upper tiers: engine host and console agree with their sources. Outside of any test's time limit. */
const response = await fetch(`${process.env.TEST_KEEPER}/built`);
if (!response.ok) throw new Error(await response.text());
