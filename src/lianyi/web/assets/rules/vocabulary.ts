// What the page tells the builder: what there is in the workspace, and the words.

export type Option = [value: string, label: string];

export interface Vocabulary {
  traits: [name: string, label: string, kind: string][];
  tags: [dimension: string, name: string][];
  dimensions: Option[];
  stages: Option[];
  states: Option[];
  axes: Option[];
  identities: Option[];
  events: Option[];
  segments: Option[];
  channels: Option[];
  mediums: Option[];
  campaigns: Option[];
  codes: Option[];
  consent_channels: Option[];
  purposes: Option[];
  words: Record<string, string>;
}

// A part of a rule, as its JSON has it.
export interface Part {
  kind?: string;
  test?: string;
  [field: string]: unknown;
}

// The properties of events by their name, with the JSON type that each had most often.
export class Properties {
  private readonly known = new Map<string, Option[]>();

  constructor(private readonly address: string, private readonly arrived: () => void) {}

  // What is known by now; what is not is asked for, and `arrived` told.
  of(event: string): Option[] {
    const found = this.known.get(event);
    if (found !== undefined) return found;
    this.known.set(event, []);
    if (event !== "" && event !== "*")
      void fetch(`${this.address}?event=${encodeURIComponent(event)}`).then(async (answer) => {
        if (!answer.ok) return;
        const told = (await answer.json()) as { properties: Option[] };
        this.known.set(event, told.properties);
        if (told.properties.length > 0) this.arrived();
      }, () => undefined);
    return [];
  }
}
