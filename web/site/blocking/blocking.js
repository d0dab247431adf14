// Asks for all answers at once, the slow ones first, and says who waited for whom.
'use strict';

const slowMs = 1500;
const mostSlow = 24;

// How many answers are slow: ?slow=6. In the page as it stands, the first one is.
function wantedSlow() {
  const wanted = Number(new URLSearchParams(location.search).get('slow') ?? 1);
  return Number.isInteger(wanted) && wanted >= 0 && wanted <= mostSlow ? wanted : 1;
}

function prepare(links, slow) {
  links.forEach((link, index) => {
    if (index < slow) link.search = `?bytes=2000&delay_ms=${slowMs}`;
    else link.search = '?bytes=2000';
    link.textContent = index < slow ? `slow ${index}` : `fast ${index}`;
  });
  const current = document.querySelector(`nav a[href="?slow=${slow}"]`);
  current?.setAttribute('aria-current', 'true');
}

async function ask(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  await answer.arrayBuffer();
}

// What the fast answers had to do with the slow ones.
function sentence(slow, slowest, connections) {
  if (slow === 0) return `No answer was slow; the last of the fast ones was there after ${measure.time(slowest)}.`;
  const those = slow === 1 ? 'the slow one' : `the ${slow} slow ones`;
  if (slowest > 0.8 * slowMs) {
    return `The last fast answer was there after ${measure.time(slowest)}: it waited behind ${those}, ` +
      `which held ${connections === 1 ? 'the connection' : 'a connection each'}.`;
  }
  return `The last fast answer was there after ${measure.time(slowest)}: none had to wait behind ${those}.`;
}

async function race() {
  const links = [...document.querySelectorAll('#requests a')];
  const slow = wantedSlow();
  prepare(links, slow);
  const begun = performance.now();
  const outcomes = await Promise.allSettled(links.map((link) => ask(link.href)));
  // A turn later, when the last answer's entry is in the list.
  await new Promise((resolve) => { setTimeout(resolve); });

  const names = new Map(links.map((link) => [link.href, link.textContent]));
  const shown = measure.entries().filter((entry) => names.has(entry.name));
  const fast = shown.filter((entry) => names.get(entry.name).startsWith('fast'));
  const slowest = Math.max(...fast.map((entry) => entry.responseEnd)) - begun;
  const {over, connections} = measure.result();
  measure.complete({
    words: `${measure.counted(slow, 'slow answer')}; over ${over} the fast ones took`,
    figure: measure.time(slowest),
    sentence: sentence(slow, slowest, connections.size),
    failed: outcomes.filter((outcome) => outcome.status === 'rejected').length,
    shown,
    name: (entry) => names.get(entry.name),
  });
}

race();
