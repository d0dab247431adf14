// Asks for all objects that the page lists, at once, and says how long that took.
'use strict';

async function ask(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  await answer.arrayBuffer();
}

async function race() {
  const links = [...document.querySelectorAll('#requests a')];
  const addresses = new Set(links.map((link) => link.href));
  const outcomes = await Promise.allSettled(links.map((link) => ask(link.href)));
  // A turn later, when the last object's entry is in the list.
  await new Promise((resolve) => { setTimeout(resolve); });

  const shown = measure.entries().filter((entry) => addresses.has(entry.name));
  const took = Math.max(...shown.map((entry) => entry.responseEnd)) -
    Math.min(...shown.map((entry) => entry.startTime));
  measure.complete({
    words: `${measure.counted(links.length, 'object')} over ${measure.result().over} in`,
    figure: measure.time(took),
    failed: outcomes.filter((outcome) => outcome.status === 'rejected').length,
    shown,
    name: (entry) => `object ${new URL(entry.name).pathname.split('/').pop()}`,
  });
}

race();
