// The console's own interface, as docs/api.md has it.

import type {BrowserReport, Line, Trace} from '../trace/trace';

export interface Lane {
  name: string;
  port: number;
  protocol: string;
  keep_alive: boolean;
  timeout_s: number | null;
  max_requests: number | null;
  max_streams: number | null;
  scheduler: string | null;
  push: boolean;
  early_hints: boolean;
  tap?: boolean; // false: nothing is recorded there
  url: string;
}

export interface Range {
  default: number;
  min: number;
  max: number;
}

export interface Page {
  page: string;
  title: string;
  parameters: Record<string, Range>;
  resources?: unknown[];
}

export interface LinePreset {
  name: string;
  what: string;
  source: string;
  text: string;
  line: Line;
}

export interface Visitor {
  protocol: string;
  alpn: string | null;
  tls: {version: string; cipher: string; group: string | null; resumed: boolean} | null;
  client: string;
}

export interface RunWish {
  page: string;
  parameters: Record<string, number>;
  lane: string;
  line: string;
  warm: boolean;
}

export interface MadeRun {
  id: string;
  url: string;
  warm_up: {id: string; url: string} | null;
}

// The console answered, but with a refusal. Its message is a sentence for people.
export class Refusal extends Error {
  constructor(readonly status: number, detail: string, readonly retryAfterMs: number | null = null) {
    super(detail);
  }
}

// Nothing answered at all.
export class Unreachable extends Error {
  constructor() {
    super('The console does not answer.');
  }
}

async function detailOf(answer: Response): Promise<string> {
  const said: unknown = await answer.json().catch(() => null);
  if (typeof said === 'object' && said !== null && 'detail' in said && typeof said.detail === 'string') return said.detail;
  return `The console answered with status ${answer.status}.`;
}

function retryAfterOf(answer: Response): number | null {
  const seconds = Number(answer.headers.get('retry-after') ?? NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : null;
}

async function ask(path: string, options: RequestInit = {}): Promise<Response> {
  const answer = await fetch(path, options).catch((mistake: unknown) => {
    throw mistake instanceof DOMException && mistake.name === 'AbortError' ? mistake : new Unreachable();
  });
  if (!answer.ok) throw new Refusal(answer.status, await detailOf(answer), retryAfterOf(answer));
  return answer;
}

async function read<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  const answer = await ask(path, signal ? {signal} : {});
  return (await answer.json()) as Answer;
}

function post(path: string, content: unknown, signal?: AbortSignal): Promise<Response> {
  return ask(path, {
    method: 'POST', headers: {'content-type': 'application/json'}, body: JSON.stringify(content), ...(signal ? {signal} : {}),
  });
}

export const lanes = (): Promise<Lane[]> => read('api/lanes');
export const pages = (): Promise<Page[]> => read('api/pages');
export const presets = (): Promise<LinePreset[]> => read('api/lines');
export const visitor = (): Promise<Visitor> => read('api/visitor');

// A run that was stopped a moment ago goes on for so long (two seconds) and a little more.
const mostWaits = 3;

// While another run goes on there, of this tab or of another one, a cold one has to wait. Who it is stands in the refusal.
export async function makeRun(wish: RunWish, signal?: AbortSignal): Promise<MadeRun> {
  for (let waits = 0; ; ++waits) {
    try {
      const answer = await post('api/runs', wish, signal);
      return (await answer.json()) as MadeRun;
    } catch (mistake) {
      const isBusy = mistake instanceof Refusal && mistake.status === 409;
      if (!isBusy || mistake.retryAfterMs === null || waits === mostWaits) throw mistake;
      await pause(mistake.retryAfterMs);
      signal?.throwIfAborted();
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => { window.setTimeout(resolve, ms); });

// Ends a run with what the browser saw of it. A console that does not take so long a report gets none.
export async function endRun(id: string, report: BrowserReport | null, signal?: AbortSignal): Promise<void> {
  const path = `api/runs/${id}/end`;
  const said = report ? {load_ms: report.load_ms, resources: report.resources} : {};
  try {
    await post(path, said, signal);
  } catch (mistake) {
    if (!(mistake instanceof Refusal) || !report) throw mistake;
    await post(path, {}, signal);
  }
}

export const trace = (id: string, signal?: AbortSignal): Promise<Trace> => read(`api/runs/${id}`, signal);

export const dropSegment = (connection: string): Promise<Response> =>
  post(`api/connections/${connection}/drop`, {segments: 1});

// On the host that the visitor typed, so that it works from another device too.
export function onThisHost(url: string): string {
  const address = new URL(url);
  address.hostname = location.hostname;
  return address.href;
}
