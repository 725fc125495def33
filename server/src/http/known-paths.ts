interface KnownPath {
  readonly segments: readonly string[];
  readonly methods: readonly string[];
}

/** Which methods each path has, for the `Allow` of a 405. */
export class KnownPaths {
  readonly #known: KnownPath[] = [];

  /** `url` as Fastify writes it, with `:name` for parameters. */
  add(methods: string | readonly string[], url: string): void {
    this.#known.push({ segments: url.split('/'), methods: [methods].flat() });
  }

  /** The methods of a path, none when there is no such path. */
  methodsAt(path: string): readonly string[] {
    const asked = path.split('/');
    const matches = ({ segments }: KnownPath) =>
      segments.length === asked.length && segments.every((name, i) => name === asked[i] || (name.startsWith(':') && asked[i] !== ''));
    return [...new Set(this.#known.filter(matches).flatMap(({ methods }) => methods))].sort();
  }
}
