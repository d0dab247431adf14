// The board of status codes in one file, as a bundler would leave it, but readable. The page `unbundled` has the same
// in modules, and a test holds the two together.

// The registered status codes of HTTP, in the order of their pictures in sprite.svg.
const statuses = [
  {code: 100, name: 'Continue',
    says: 'The head is fine so far: send the content.',
    defined: 'RFC 9110, 15.2.1'},
  {code: 101, name: 'Switching Protocols',
    says: 'From here on this connection speaks the protocol that was asked for. Not in HTTP/2.',
    defined: 'RFC 9110, 15.2.2'},
  {code: 102, name: 'Processing',
    says: 'Still at work on it; an old sign of life for slow WebDAV requests.',
    defined: 'RFC 2518, 10.1'},
  {code: 103, name: 'Early Hints',
    says: 'The answer takes a while. These links will be needed: fetch them already.',
    defined: 'RFC 8297, 2'},
  {code: 200, name: 'OK',
    says: 'Here it is.',
    defined: 'RFC 9110, 15.3.1'},
  {code: 201, name: 'Created',
    says: 'Something new is there now, and Location says where.',
    defined: 'RFC 9110, 15.3.2'},
  {code: 202, name: 'Accepted',
    says: 'Taken in, but not done yet; perhaps it never will be.',
    defined: 'RFC 9110, 15.3.3'},
  {code: 203, name: 'Non-Authoritative Information',
    says: 'A proxy on the way has changed the answer.',
    defined: 'RFC 9110, 15.3.4'},
  {code: 204, name: 'No Content',
    says: 'Done, and there is nothing to show for it.',
    defined: 'RFC 9110, 15.3.5'},
  {code: 205, name: 'Reset Content',
    says: 'Done; clear the form for the next entry.',
    defined: 'RFC 9110, 15.3.6'},
  {code: 206, name: 'Partial Content',
    says: 'The ranges that were asked for, and not the whole.',
    defined: 'RFC 9110, 15.3.7'},
  {code: 207, name: 'Multi-Status',
    says: 'Several outcomes in one answer, each with its own status.',
    defined: 'RFC 4918, 11.1'},
  {code: 208, name: 'Already Reported',
    says: 'This member of a collection stands further up already.',
    defined: 'RFC 5842, 7.1'},
  {code: 226, name: 'IM Used',
    says: 'The difference from the version that the client has.',
    defined: 'RFC 3229, 10.4.1'},
  {code: 300, name: 'Multiple Choices',
    says: 'There are several representations: choose one.',
    defined: 'RFC 9110, 15.4.1'},
  {code: 301, name: 'Moved Permanently',
    says: 'It lives elsewhere now. Use the new address from here on.',
    defined: 'RFC 9110, 15.4.2'},
  {code: 302, name: 'Found',
    says: 'For now it is at another address; keep using this one.',
    defined: 'RFC 9110, 15.4.3'},
  {code: 303, name: 'See Other',
    says: 'Look there with GET for what came of the request.',
    defined: 'RFC 9110, 15.4.4'},
  {code: 304, name: 'Not Modified',
    says: 'The copy in the cache is still good: no content is sent.',
    defined: 'RFC 9110, 15.4.5'},
  {code: 305, name: 'Use Proxy',
    says: 'Deprecated: it let a server send clients to any proxy.',
    defined: 'RFC 9110, 15.4.6'},
  {code: 306, name: '(Unused)',
    says: 'Once meant to switch proxies; reserved since, never used.',
    defined: 'RFC 9110, 15.4.7'},
  {code: 307, name: 'Temporary Redirect',
    says: 'Repeat the very same request there, method and all.',
    defined: 'RFC 9110, 15.4.8'},
  {code: 308, name: 'Permanent Redirect',
    says: 'Repeat it there, method and all, now and always.',
    defined: 'RFC 9110, 15.4.9'},
  {code: 400, name: 'Bad Request',
    says: 'The request cannot be understood.',
    defined: 'RFC 9110, 15.5.1'},
  {code: 401, name: 'Unauthorized',
    says: 'Say who you are first: WWW-Authenticate says how.',
    defined: 'RFC 9110, 15.5.2'},
  {code: 402, name: 'Payment Required',
    says: 'Reserved for a future that has not come.',
    defined: 'RFC 9110, 15.5.3'},
  {code: 403, name: 'Forbidden',
    says: 'Understood, and refused.',
    defined: 'RFC 9110, 15.5.4'},
  {code: 404, name: 'Not Found',
    says: 'Nothing is at this address, or nothing that may be shown.',
    defined: 'RFC 9110, 15.5.5'},
  {code: 405, name: 'Method Not Allowed',
    says: 'Not with this method: Allow lists those that are.',
    defined: 'RFC 9110, 15.5.6'},
  {code: 406, name: 'Not Acceptable',
    says: 'There is no version of it that the client accepts.',
    defined: 'RFC 9110, 15.5.7'},
  {code: 407, name: 'Proxy Authentication Required',
    says: 'Say who you are to the proxy first.',
    defined: 'RFC 9110, 15.5.8'},
  {code: 408, name: 'Request Timeout',
    says: 'The request did not arrive in the time the server waits.',
    defined: 'RFC 9110, 15.5.9'},
  {code: 409, name: 'Conflict',
    says: 'It does not go together with the present state.',
    defined: 'RFC 9110, 15.5.10'},
  {code: 410, name: 'Gone',
    says: 'It was here and will not come back.',
    defined: 'RFC 9110, 15.5.11'},
  {code: 411, name: 'Length Required',
    says: 'Say how long the content is before sending it.',
    defined: 'RFC 9110, 15.5.12'},
  {code: 412, name: 'Precondition Failed',
    says: 'An If- field of the request does not hold.',
    defined: 'RFC 9110, 15.5.13'},
  {code: 413, name: 'Content Too Large',
    says: 'More content than the server takes.',
    defined: 'RFC 9110, 15.5.14'},
  {code: 414, name: 'URI Too Long',
    says: 'A longer address than the server reads.',
    defined: 'RFC 9110, 15.5.15'},
  {code: 415, name: 'Unsupported Media Type',
    says: 'Not in this format or coding.',
    defined: 'RFC 9110, 15.5.16'},
  {code: 416, name: 'Range Not Satisfiable',
    says: 'None of the ranges lies inside the content.',
    defined: 'RFC 9110, 15.5.17'},
  {code: 417, name: 'Expectation Failed',
    says: 'What Expect asks for cannot be met.',
    defined: 'RFC 9110, 15.5.18'},
  {code: 418, name: '(Unused)',
    says: 'Reserved because of an April joke about teapots.',
    defined: 'RFC 9110, 15.5.19'},
  {code: 421, name: 'Misdirected Request',
    says: 'Wrong connection: this server does not answer for that name.',
    defined: 'RFC 9110, 15.5.20'},
  {code: 422, name: 'Unprocessable Content',
    says: 'Well formed, but it makes no sense.',
    defined: 'RFC 9110, 15.5.21'},
  {code: 423, name: 'Locked',
    says: 'Someone else holds a lock on it.',
    defined: 'RFC 4918, 11.3'},
  {code: 424, name: 'Failed Dependency',
    says: 'Not done, because something it needed failed.',
    defined: 'RFC 4918, 11.4'},
  {code: 425, name: 'Too Early',
    says: 'Might be a replay from TLS early data: send it again later.',
    defined: 'RFC 8470, 5.2'},
  {code: 426, name: 'Upgrade Required',
    says: 'Not over this protocol: Upgrade says over which.',
    defined: 'RFC 9110, 15.5.22'},
  {code: 428, name: 'Precondition Required',
    says: 'Only with If-Match, so that no update is lost.',
    defined: 'RFC 6585, 3'},
  {code: 429, name: 'Too Many Requests',
    says: 'Slower, please.',
    defined: 'RFC 6585, 4'},
  {code: 431, name: 'Request Header Fields Too Large',
    says: 'The fields are too large, one of them or all together.',
    defined: 'RFC 6585, 5'},
  {code: 451, name: 'Unavailable For Legal Reasons',
    says: 'A legal demand forbids it.',
    defined: 'RFC 7725, 3'},
  {code: 500, name: 'Internal Server Error',
    says: 'The server met something it had not expected.',
    defined: 'RFC 9110, 15.6.1'},
  {code: 501, name: 'Not Implemented',
    says: 'The server does not know this method at all.',
    defined: 'RFC 9110, 15.6.2'},
  {code: 502, name: 'Bad Gateway',
    says: 'The server behind this one gave an invalid answer.',
    defined: 'RFC 9110, 15.6.3'},
  {code: 503, name: 'Service Unavailable',
    says: 'Overloaded or in maintenance; Retry-After may say how long.',
    defined: 'RFC 9110, 15.6.4'},
  {code: 504, name: 'Gateway Timeout',
    says: 'The server behind this one did not answer in time.',
    defined: 'RFC 9110, 15.6.5'},
  {code: 505, name: 'HTTP Version Not Supported',
    says: 'Not in this version of HTTP.',
    defined: 'RFC 9110, 15.6.6'},
  {code: 506, name: 'Variant Also Negotiates',
    says: 'The chosen version is itself a choice: a mistake at the server.',
    defined: 'RFC 2295, 8.1'},
  {code: 507, name: 'Insufficient Storage',
    says: 'There is no room to keep it.',
    defined: 'RFC 4918, 11.5'},
  {code: 508, name: 'Loop Detected',
    says: 'The request ran in circles.',
    defined: 'RFC 5842, 7.2'},
  {code: 510, name: 'Not Extended',
    says: 'Obsolete: a needed extension was not in the request.',
    defined: 'RFC 2774, 7'},
  {code: 511, name: 'Network Authentication Required',
    says: 'Sign in to the network first: the hotel\'s page.',
    defined: 'RFC 6585, 6'},
];

// The first digit of a status code is its class (RFC 9110 section 15).
const classes = [
  {digit: 1, name: 'Informational', says: 'more will follow'},
  {digit: 2, name: 'Successful', says: 'done'},
  {digit: 3, name: 'Redirection', says: 'look elsewhere'},
  {digit: 4, name: 'Client error', says: 'your mistake'},
  {digit: 5, name: 'Server error', says: 'our mistake'},
];

// An element with its properties and children.
function make(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// The picture of a status: its place in the sprite, eight pictures of 48 pixels to a row.
function icon(status) {
  const place = statuses.indexOf(status);
  const made = make('span', {className: 'icon sprite'});
  made.style.backgroundPosition = `${-48 * (place % 8)}px ${-48 * Math.floor(place / 8)}px`;
  return made;
}

// One status code on the board.
function card(status) {
  return make('li', {className: 'card'},
    icon(status),
    make('h2', {}, make('b', {textContent: status.code}), ` ${status.name}`),
    make('p', {textContent: status.says}),
    make('small', {textContent: status.defined}));
}

// A status is shown when its class is chosen, or none is, and it has the words looked for.
function matches(status, {words, digits}) {
  const text = `${status.code} ${status.name} ${status.says}`.toLowerCase();
  const chosen = digits.size === 0 || digits.has(Math.floor(status.code / 100));
  return chosen && words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

// Calls `changed` with what is looked for, each time that changes.
function makeFilter(classes, changed) {
  const digits = new Set();
  const search = make('input', {type: 'search', placeholder: 'Code or word', ariaLabel: 'Look for a code or word'});
  const tell = () => changed({words: search.value.trim(), digits});
  search.addEventListener('input', tell);
  const buttons = classes.map(({digit, name, says}) => {
    const button = make('button', {type: 'button', title: says, ariaPressed: 'false', textContent: `${digit}xx ${name}`});
    button.addEventListener('click', () => {
      if (!digits.delete(digit)) digits.add(digit);
      button.ariaPressed = String(digits.has(digit));
      tell();
    });
    return button;
  });
  return make('form', {role: 'search'}, search, ...buttons);
}

// All cards, and which of them are shown.
function makeBoard(statuses) {
  const cards = statuses.map(card);
  const count = make('p', {className: 'count'});
  count.setAttribute('role', 'status');
  const show = (wanted) => {
    const shown = statuses.filter((status, index) => {
      cards[index].hidden = !matches(status, wanted);
      return !cards[index].hidden;
    });
    count.textContent = shown.length > 0
      ? `${shown.length} of ${statuses.length} status codes`
      : 'No status code has these words. Try fewer of them.';
  };
  show({words: '', digits: new Set()});
  return {element: make('div', {}, count, make('ul', {className: 'board'}, ...cards)), show};
}

const board = makeBoard(statuses);
document.getElementById('app').replaceChildren(makeFilter(classes, board.show), board.element);
