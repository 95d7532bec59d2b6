import { z } from 'zod';
import { settingTexts } from '../backend-kind.js';
import { longestList } from './contract.js';

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** An order holds names and photos: it goes through TLS, or stays on this machine. */
const bureauUrl = z.string().refine(
  (text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname, username, password, search, hash } = new URL(text);
    const safe = protocol === 'https:' || (protocol === 'http:' && loopback.has(hostname));
    return safe && [username, password, search, hash].every((part) => part === '');
  },
  { message: 'must be an https:// address without user, query or fragment (http:// on this machine only)' },
);

/** The bureau's public key (RFC 7517): RSA of at least 2048 bits, or an elliptic curve. */
const publicKey = z
  .discriminatedUnion('kty', [
    z.object({ kty: z.literal('RSA'), n: z.string().min(342), e: z.string(), kid: z.string().optional() }),
    z.object({
      kty: z.literal('EC'),
      crv: z.enum(['P-256', 'P-384', 'P-521']),
      x: z.string(),
      y: z.string(),
      kid: z.string().optional(),
    }),
  ])
  .describe('JWK');
export type BureauKey = z.infer<typeof publicKey>;

const milliseconds = (usual: number) => z.int().min(100).max(300_000).default(usual);

/** Settings of a backend of the kind `http`. Its secrets, `token` and `webhookKey`, are not in the database. */
export const httpSettings = z
  .strictObject({
    url: bureauUrl.register(settingTexts, {
      label: 'Address of the bureau',
      hint: 'https://, without user, query or fragment; http:// on this machine only.',
      address: true,
    }),
    /** Seals PINs, PUKs and letters; without it no card with a chip can be ordered. */
    publicKey: publicKey.nullable().default(null).register(settingTexts, {
      label: 'Public key of the bureau',
      hint: 'JWK. Seals PINs, PUKs and letters; without it no card with a chip can be ordered.',
      key: true,
    }),
    /** The bureau prints and sends PIN letters. */
    printsLetters: z
      .boolean()
      .default(false)
      .register(settingTexts, { label: 'The bureau prints and sends PIN letters' }),
    /** Where finished cards go. */
    delivery: z
      .strictObject({
        method: z
          .enum(['collect', 'post', 'courier'])
          .default('collect')
          .register(settingTexts, {
            label: 'Delivery',
            choices: { collect: 'collected', post: 'post', courier: 'courier' },
          }),
        address: z.string().min(1).nullable().default(null).register(settingTexts, { label: 'Address for delivery' }),
      })
      .prefault({}),
    cardsPerCall: z
      .int()
      .min(1)
      .max(longestList)
      .default(20)
      .register(settingTexts, { label: 'Cards per call', hint: 'Empty for the usual 20.' }),
    callsAtOnce: z
      .int()
      .min(1)
      .max(32)
      .default(2)
      .register(settingTexts, { label: 'Calls at once', hint: 'Empty for the usual 2.' }),
    /** See `ProductionBackend.mostWaiting`; not for a bureau that makes today what it got yesterday: it would get no more than these each time. */
    mostWaiting: z
      .int()
      .min(1)
      .max(1_000_000)
      .nullable()
      .default(null)
      .register(settingTexts, { label: 'Most cards that wait at the backend' }),
    /** See `ProductionBackend.settleMs`. */
    settleMs: z.int().min(100).max(3_600_000).default(60_000),
    timeLimits: z
      .strictObject({
        connect: milliseconds(5_000),
        /** From the end of the request to the first line of its answer. */
        headers: milliseconds(30_000),
        /** Longest silence within an answer. */
        body: milliseconds(10_000),
      })
      .prefault({}),
  })
  .refine(({ printsLetters, publicKey: key }) => !printsLetters || key !== null, {
    path: ['publicKey'],
    message: 'is needed for letters: they hold PINs',
  });

export type HttpSettings = z.infer<typeof httpSettings>;
