import { canonicalJson } from '../../lib/json-canonical.ts';
import type { Bundle } from './schema.ts';

/** What a bundle says beside its content, for which the digest stands. */
export type Statement = Pick<Bundle, 'digest' | 'format' | 'integration' | 'publishedAt'>;

/** The text that is signed. */
export const statementText = ({ digest, format, integration, publishedAt }: Statement): string =>
  canonicalJson({ digest, format, integration, publishedAt });
