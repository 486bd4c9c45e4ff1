/** As much of a browser's page as the script of the map needs: elements by id and what is put into them. It knows no layout. */
class Element {
  public attributes: Record<string, string> = {};
  public children: Element[] = [];
  public value = '';
  public hidden = false;
  public isConnected = true;
  private own = '';
  private readonly listeners: Record<string, (event: object) => void> = {};
  public readonly classList = { toggle: () => undefined, remove: () => undefined };

  public constructor(
    public readonly tag: string,
    private readonly focus_: (element: Element) => void,
  ) {}

  public get text(): string {
    return [this.own, ...this.children.map(({ text }) => text)].join(' ').trim();
  }
  public get textContent(): string {
    return this.own;
  }
  public set textContent(text: string) {
    this.own = text;
    this.children = [];
  }
  public set className(name: string) {
    this.attributes.class = name;
  }
  public setAttribute(name: string, value: string) {
    this.attributes[name] = value;
  }
  public append(...children: (Element | string)[]) {
    for (const child of children) {
      const element = typeof child === 'string' ? new Element('#text', this.focus_) : child;
      if (typeof child === 'string') element.textContent = child;
      this.children.push(element);
    }
  }
  public replaceChildren(...children: Element[]) {
    this.children = [];
    this.append(...children);
  }
  public addEventListener(name: string, listener: (event: object) => void) {
    this.listeners[name] = listener;
  }
  public fire(name: string, event: object = {}) {
    this.listeners[name]({ preventDefault: () => undefined, ...event });
  }
  public focus() {
    this.focus_(this);
  }
  public scrollIntoView() {}
  public getBoundingClientRect() {
    return { left: 0, right: 0, top: 0, height: 0 };
  }
  public all(tag: string): Element[] {
    return this.children.flatMap((child) => [...(child.tag === tag ? [child] : []), ...child.all(tag)]);
  }
  public texts(tag: string): string[] {
    return this.all(tag).map(({ text }) => text);
  }
}

/** Reads a page: its elements by id, and its script. */
export function page(html: string) {
  let focused: Element | undefined;
  const make = (tag: string) => new Element(tag, (element) => (focused = element));
  const ids = new Map(
    [...html.matchAll(/<(\w+)[^>]* id="([^"]+)"([^>]*)>/g)].map(([, tag, id, rest]) => {
      const element = make(tag);
      element.hidden = rest.includes('hidden');
      return [id, element];
    }),
  );
  const at = (id: string) => ids.get(id)!;
  at('data').textContent = /<script type="application\/json" id="data">(.*)<\/script>/.exec(html)![1];
  const whole = make('html');
  const document = {
    getElementById: at,
    createElement: make,
    createElementNS: (_: string, tag: string) => make(tag),
    addEventListener: whole.addEventListener.bind(whole),
  };
  return {
    at,
    script: /<script>([^]*)<\/script>/.exec(html)![1],
    globals: { document, window: make('window') },
    fire: whole.fire.bind(whole),
    focused: () => focused,
  };
}
