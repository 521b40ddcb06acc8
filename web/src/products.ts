// Products that the server makes for whoever wants them: fetched once each, tried again while they are not there yet.
export class Products {
  private readonly kept = new Map<string, unknown>();
  private readonly waiting = new Set<string>();

  constructor(private readonly changed: () => void) {}

  /** The product, or undefined while it is not there: `changed` is called when it has come. */
  get<T>(name: string): T | undefined {
    if (this.kept.has(name)) return this.kept.get(name) as T;
    if (!this.waiting.has(name)) {
      this.waiting.add(name);
      void this.fetch(name, 0);
    }
    return undefined;
  }
  /** What failed for good, or was never made, is asked for again. */
  forget(): void {
    this.kept.clear();
    this.waiting.clear();
  }

  private async fetch(name: string, tries: number): Promise<void> {
    try {
      const response = await fetch(new URL(`api/products/${name}`, document.baseURI));
      if (response.status === 200) {
        this.kept.set(name, await response.json());
        this.changed();
        return;
      }
    } catch {
      // the server is away: the link says so
    }
    // Maps take some seconds to make; what is not there after a minute is looked for seldom.
    setTimeout(() => void this.fetch(name, tries + 1), tries < 30 ? 2000 : 30_000);
  }
}
