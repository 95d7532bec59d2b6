/** The print shop with the script of a bench, which BENCH_SHOP_SCRIPT names: the launcher hands on no setting of its own. */
process.env.PRINT_SHOP_SCRIPT = process.env.BENCH_SHOP_SCRIPT;
await import('../../dist/print-shop/main.js');
