// Tells the console, which shows this page in a frame, how its load went: the browser's own times (Resource Timing).
// Asked by the message {muxlab: "timing"}; answers the console alone, a page of the same host. Times are milliseconds
// from the start of the navigation. A page that says by data-state when it is complete is taken at its word.
'use strict';

performance.setResourceTimingBufferSize(5000);

addEventListener('message', (event) => {
  if (event.source !== parent || event.data?.muxlab !== 'timing') return;
  if (new URL(event.origin).hostname !== location.hostname) return;
  const [navigation] = performance.getEntriesByType('navigation');
  const entries = [navigation, ...performance.getEntriesByType('resource')]
    .filter((entry) => entry.name.startsWith(`${location.origin}/`));
  const {state} = document.documentElement.dataset;
  parent.postMessage({
    muxlab: 'timing',
    complete: document.readyState === 'complete' && (state === undefined || state === 'complete'),
    load_ms: Math.max(...entries.map((entry) => entry.responseEnd)),
    failed: entries.filter(({responseStatus}) => responseStatus === 0 || responseStatus >= 400).length,
    resources: entries.map((entry) => ({
      path: entry.name.slice(location.origin.length),
      start: entry.startTime,
      connect_start: entry.connectStart,
      secure_start: entry.secureConnectionStart,
      request: entry.requestStart,
      response_start: entry.responseStart,
      response_end: entry.responseEnd,
    })),
  }, event.origin);
});
