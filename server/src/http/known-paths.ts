interface KnownPath {
  readonly segments: readonly string[];
  readonly methods: readonly string[];
  readonly publishable: boolean;
}

/** Which methods each path has, and which of them take publishable keys. */
export class KnownPaths {
  readonly #known: KnownPath[] = [];

  /** `url` as Fastify writes it, with `:name` for parameters. */
  add(methods: string | readonly string[], url: string, publishable = false): void {
    this.#known.push({ segments: url.split('/'), methods: [methods].flat(), publishable });
  }

  /** The methods of a path, none when there is no such path. */
  methodsAt(path: string): readonly string[] {
    return [...new Set(this.#at(path).flatMap(({ methods }) => methods))].sort();
  }

  takesPublishable(method: string, path: string): boolean {
    return this.#at(path).some(({ methods, publishable }) => publishable && methods.includes(method));
  }

  #at(path: string): KnownPath[] {
    const asked = path.split('/');
    return this.#known.filter(
      ({ segments }) =>
        segments.length === asked.length && segments.every((name, i) => name === asked[i] || (name.startsWith(':') && asked[i] !== '')),
    );
  }
}
