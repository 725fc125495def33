import { Presets, SingleBar } from 'cli-progress';

const LINE_EVERY_MS = 5_000;

/** Shows how far a long job is, on stderr. */
export interface Progress {
  advance(count: number, what: string): void;
  stop(): void;
}

/** A bar on a terminal; elsewhere, where a bar would be noise, a line every few seconds. */
export function progressOf(total: number, unit: string, stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? bar(total, unit, stream) : lines(total, unit, stream);
}

function bar(total: number, unit: string, stream: NodeJS.WriteStream): Progress {
  const format = `{bar} {value}/{total} ${unit} · {eta_formatted} left · {what}`;
  const shown = new SingleBar({ format, stream, hideCursor: true, clearOnComplete: true, stopOnComplete: true }, Presets.shades_classic);
  shown.start(total, 0, { what: '' });
  return {
    advance: (count, what) => shown.increment(count, { what }),
    stop: () => shown.stop(),
  };
}

function lines(total: number, unit: string, stream: NodeJS.WriteStream): Progress {
  let done = 0;
  const timer = setInterval(() => stream.write(`${done} of ${total} ${unit}\n`), LINE_EVERY_MS);
  return {
    advance: (count) => {
      done += count;
    },
    stop: () => clearInterval(timer),
  };
}
