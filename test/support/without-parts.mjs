/** A file of the tier `pure` that asks for PostgreSQL or an engine fails, also where a run has them for other tiers. */
delete process.env.TEST_KEEPER;
