// What a page in a pane says of its own load. It stands on another port, so it is asked by message (web/site/measure.js
// answers); a page that does not answer is taken to be complete when the browser says that it has loaded.

import type {BrowserReport} from '../trace/trace';

const askEveryMs = 120;
const noAnswerAfterMs = 1000;

function reportFrom(said: unknown): BrowserReport | null {
  if (typeof said !== 'object' || said === null || !('muxlab' in said) || said.muxlab !== 'timing') return null;
  return 'resources' in said && Array.isArray(said.resources) ? (said as unknown as BrowserReport) : null;
}

// Asks once; null when nothing was answered in time.
function ask(frame: Window, origin: string, patience: number): Promise<BrowserReport | null> {
  return new Promise((resolve) => {
    const finish = (report: BrowserReport | null): void => {
      window.removeEventListener('message', hear);
      window.clearTimeout(limit);
      resolve(report);
    };
    const hear = (event: MessageEvent<unknown>): void => {
      if (event.source !== frame || event.origin !== origin) return;
      const report = reportFrom(event.data);
      if (report) finish(report);
    };
    const limit = window.setTimeout(finish, patience, null);
    window.addEventListener('message', hear);
    frame.postMessage({muxlab: 'timing'}, origin);
  });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => { window.setTimeout(resolve, ms); });

// After the frame's load event: its report as soon as it is complete. Ends with the signal.
export async function reportOf(frame: Window, url: string, signal: AbortSignal): Promise<BrowserReport | null> {
  const {origin} = new URL(url);
  for (;;) {
    const report = await ask(frame, origin, noAnswerAfterMs);
    signal.throwIfAborted();
    if (!report || report.complete) return report;
    await pause(askEveryMs);
  }
}
