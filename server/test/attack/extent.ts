/** How far the attack goes: `npm test` runs the short form, `npm run test:attack` the long one. `MORTISE_ATTACK_SEED` repeats a run. */
export const LONG = process.env.MORTISE_ATTACK === 'long';
export const SEED = Number(process.env.MORTISE_ATTACK_SEED ?? (LONG ? Date.now() % 2 ** 31 : 7));
/** Of the fuzz test. */
export const REQUESTS = Number(process.env.MORTISE_ATTACK_REQUESTS ?? (LONG ? 50_000 : 2_000));
