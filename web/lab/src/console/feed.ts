// What happens in a run while it happens (GET /api/events). Goes on by itself when the stream breaks: the browser takes
// it up where it was, or this does when the browser gives up.

import type {Frame, Landing, Segment, ToldExchange} from '../trace/trace';

export interface Listener {
  frames(frames: Frame[]): void;
  landed(landings: Landing[]): void;
  exchanges(exchanges: ToldExchange[]): void; // that are over, or nearly
  segments(segments: Segment[]): void; // that were lost
  lost(events: number): void; // so many were not kept for us
  broken(isBroken: boolean): void;
}

const againAfterMs = 1000;

const contentOf = (event: Event): unknown => JSON.parse((event as MessageEvent<string>).data);

// Gives the way to stop it.
export function watchRun(id: string, listener: Listener): () => void {
  let source: EventSource;
  let again = 0;
  const open = (): void => {
    source = new EventSource(`api/events?run=${id}`);
    source.addEventListener('open', () => listener.broken(false));
    source.addEventListener('frames', (event) => listener.frames(contentOf(event) as Frame[]));
    source.addEventListener('landed', (event) => listener.landed(contentOf(event) as Landing[]));
    source.addEventListener('exchanges', (event) => listener.exchanges(contentOf(event) as ToldExchange[]));
    source.addEventListener('segments', (event) => listener.segments(contentOf(event) as Segment[]));
    source.addEventListener('lost', (event) => listener.lost((contentOf(event) as {events: number | null}).events ?? 1));
    source.addEventListener('error', () => {
      listener.broken(true);
      if (source.readyState === EventSource.CLOSED) again = window.setTimeout(open, againAfterMs);
    });
  };
  open();
  return () => {
    window.clearTimeout(again);
    source.close();
  };
}
