// Sets a large cookie, asks for the same small answer a hundred times, removes the cookie, and says how many bytes of
// it that took.
'use strict';

const requests = 100;
const cookieName = 'muxlab-demo';

// A cookie may have 4096 bytes in all (RFC 6265 section 6.1); more is not kept.
const mostBytes = 4000;
const defaultBytes = 3000;

// HPACK: an entry counts 32 bytes more than its name and value, in a table of 4096 bytes unless the ends agree on
// more (RFC 7541 sections 4.1 and 4.2). Beside the cookie, the other fields need this much.
const tableBytes = 4096;
const entryOverhead = 32;
const otherFieldsBytes = 600;

function wantedBytes() {
  const wanted = Number(new URLSearchParams(location.search).get('cookie') ?? defaultBytes);
  return Number.isInteger(wanted) && wanted >= 0 && wanted <= mostBytes ? wanted : defaultBytes;
}

// Text like that of a session token: hexadecimal digits, from a fixed seed, so that every load sends the same.
function token(bytes) {
  let state = 7;
  let text = '';
  while (text.length < bytes) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    text += (state >>> 16 & 15).toString(16);
  }
  return text;
}

// Only for the folder of this page: cookies know no ports, and no other page is to carry it.
const folder = new URL('.', location.href).pathname;
const setCookie = (value) => { document.cookie = `${cookieName}=${value}; path=${folder}; max-age=60; samesite=strict`; };
const removeCookie = () => { document.cookie = `${cookieName}=; path=${folder}; max-age=0; samesite=strict`; };

async function ask(number) {
  const answer = await fetch(`small.txt?n=${number}`);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  await answer.text();
}

// Bytes of the cookie's field that a hundred requests send, by the rules of each protocol.
function cookieBytes(length) {
  if (length === 0) return {http1: 0, http2: 0, fits: true};
  const line = `cookie: ${cookieName}=\r\n`.length + length;
  const fits = 'cookie'.length + `${cookieName}=`.length + length + entryOverhead + otherFieldsBytes <= tableBytes;
  // In HPACK's Huffman code (RFC 7541 appendix B) six of the hexadecimal digits have 5 bits and ten have 6.
  const first = Math.round((`${cookieName}=`.length + length) * 5.6 / 8) + 4;
  return {http1: requests * line, http2: fits ? first + requests - 1 : requests * first, fits};
}

function drawBars({http1, http2, fits}) {
  const figure = document.getElementById('bytes');
  const most = Math.max(http1, http2, 1);
  const row = (name, words, bytes) => {
    const filled = measure.make('i');
    filled.style.width = `${100 * bytes / most}%`;
    return measure.make('div', {className: name}, measure.make('span', {textContent: words}),
      measure.make('span', {}, filled), measure.make('strong', {textContent: measure.size(bytes)}));
  };
  figure.querySelector('.bars').replaceChildren(row('http1', 'HTTP/1.1, every time in full', http1),
    row('http2', fits ? 'HTTP/2, once and then by number' : 'HTTP/2, too large for the table', http2));
  figure.hidden = false;
}

// Resource Timing's size of a whole answer, less its content, leaves its head.
function sayWhatIsKnown(answers) {
  const heads = new Set(answers.map((entry) => entry.transferSize - entry.encodedBodySize));
  const received = 'Of what it sent, nothing. Of what it received, transferSize less encodedBodySize: ';
  document.getElementById('honesty').textContent = heads.size === 1
    ? `${received}${[...heads][0]} bytes for each of the hundred heads, and the same on every lane. That is not a ` +
      'measurement: the standard has browsers report a fixed number, so that pages learn nothing about cookies. ' +
      'What was really sent is in the frames: nghttp -nv shows every field, and h2load counts the bytes saved.'
    : `${received}from ${Math.min(...heads)} to ${Math.max(...heads)} bytes for each head.`;
}

async function race() {
  const bytes = wantedBytes();
  document.querySelector(`nav a[href="?cookie=${bytes}"]`)?.setAttribute('aria-current', 'true');
  if (bytes > 0) setCookie(token(bytes));
  const kept = document.cookie.split('; ').find((cookie) => cookie.startsWith(`${cookieName}=`)) ?? '';
  const length = Math.max(0, kept.length - cookieName.length - 1);
  const outcomes = await Promise.allSettled(Array.from({length: requests}, (_, index) => ask(index + 1)));
  removeCookie();
  // A turn later, when the last answer's entry is in the list.
  await new Promise((resolve) => { setTimeout(resolve); });

  const answers = measure.entries().filter((entry) => /\/small\.txt\?n=\d+$/.test(entry.name));
  const took = Math.max(...answers.map((entry) => entry.responseEnd)) -
    Math.min(...answers.map((entry) => entry.startTime));
  const sent = cookieBytes(length);
  const result = measure.result();
  const isHttp2 = result.protocols.join() === 'h2';
  measure.complete({
    words: `100 requests with a cookie of ${measure.size(length)} over ${result.over} took`,
    figure: measure.time(took),
    sentence: length === 0 ? 'No cookie was sent: this is the measure for the others.'
      : `The cookie alone was about ${measure.size(isHttp2 ? sent.http2 : sent.http1)} of requests, for ` +
        `${measure.size(answers.reduce((total, entry) => total + entry.encodedBodySize, 0))} of answers.`,
    facts: [...measure.factsOf(result), ['Cookie', measure.size(length)]],
    failed: outcomes.filter((outcome) => outcome.status === 'rejected').length,
    shown: answers,
  });
  drawBars(sent);
  sayWhatIsKnown(answers);
}

addEventListener('pagehide', removeCookie);
race();
