// What is raced: a page with its parameters, a line, lanes. Goes into the address and comes back from it.

export interface Setup {
  page: string;
  parameters: Record<string, number>;
  line: string; // as text: "cable", "cable,rtt=200ms"; "perfect" is none
  lanes: string[];
  passes: number;
  warm: boolean;
}

export const defaultSetup: Setup = {
  page: 'mosaic', parameters: {}, line: 'cable', lanes: ['h1', 'h2'], passes: 6, warm: false,
};

export const fewestLanes = 2;
export const mostLanes = 4;
export const passChoices: readonly number[] = [2, 6, 10, 20];

// Names in the address that are no parameters of a page.
const reserved = new Set(['page', 'line', 'lanes', 'loads', 'warm', 'fixture']);

// "page=mosaic&tiles=100&line=cable&lanes=h1,h2". What is as usual is left out, but for the first four.
export function addressOf(setup: Setup): string {
  const fields: [string, string][] = [
    ['page', setup.page],
    ...Object.entries(setup.parameters).map(([name, value]): [string, string] => [name, String(value)]),
    ['line', setup.line],
    ['lanes', setup.lanes.join(',')],
  ];
  if (setup.passes !== defaultSetup.passes) fields.push(['loads', String(setup.passes)]);
  if (setup.warm) fields.push(['warm', '1']);
  // Commas, colons and equals signs of a line stay readable; a fragment takes them.
  return fields.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value).replace(/%2C/g, ',').replace(/%3D/g, '=').replace(/%3A/g, ':')}`).join('&');
}

function lanesFrom(text: string | null): string[] {
  const names = [...new Set((text ?? '').split(',').filter((name) => /^[\w-]+$/.test(name)))];
  return names.length >= fewestLanes ? names.slice(0, mostLanes) : defaultSetup.lanes;
}

// Anything that does not fit is as usual: an address is written by hand now and then.
export function setupFrom(address: string): Setup {
  const fields = new URLSearchParams(address.replace(/^#/, ''));
  const parameters: Record<string, number> = {};
  for (const [name, value] of fields) {
    if (!reserved.has(name) && /^\d{1,9}$/.test(value)) parameters[name] = Number(value);
  }
  const passes = Number(fields.get('loads'));
  return {
    page: fields.get('page') ?? defaultSetup.page,
    parameters,
    line: fields.get('line') ?? defaultSetup.line,
    lanes: lanesFrom(fields.get('lanes')),
    passes: Number.isInteger(passes) && passes >= 1 && passes <= 100 ? passes : defaultSetup.passes,
    warm: fields.get('warm') === '1',
  };
}
