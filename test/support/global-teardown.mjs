export default async function teardown() {
  await globalThis.keeper.close();
}
