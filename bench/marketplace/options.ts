import { parseArgs } from 'node:util';

export interface Options {
  readonly size: number;
  readonly dataDir: string;
  readonly seconds: number;
}

/** `--size 1000000 --data <directory> --seconds 5`. */
export function readOptions(): Options {
  const { values } = parseArgs({
    options: { size: { type: 'string', default: '1000000' }, data: { type: 'string' }, seconds: { type: 'string', default: '5' } },
  });
  return {
    size: Number(values.size),
    dataDir: values.data ?? `.mortise-bench-${values.size}`,
    seconds: Number(values.seconds),
  };
}
