// Holds the borders of docs/architecture.md: who may include whom, and where third-party headers live.
// The linker says much of it too (one CMake target a room); this says all of it, with file and line.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

// Rooms by rank, from the bottom. A room includes itself and rooms of a lower rank.
const ranks = [
  ['common/base'],
  ['common/http', 'common/json', 'common/link', 'common/tls'],
  ['common/http1', 'common/http2', 'common/connection', 'common/trace'],
  ['common/net'],
  ['client', 'server/http1', 'server/http2', 'server/line', 'server/site', 'server/tap'],
  ['server/dispatch', 'server/recording'],
  ['server/lab/events', 'server/lab/metrics', 'server/logs', 'server/race'],
  ['server/lab'],
  ['server/configuration', 'server/lab/api'],
  ['server'], // the files directly in it: assembly, worker, main
];

// A third-party header, by the beginning of its name, and the only places that may include it: rooms, or single
// files without their ending. The tests of a place may include what the place may.
const homes = {
  'fmt/': ['client', 'common', 'server', 'tests'],
  'nghttp2/': ['common/http2/nghttp2'],
  'event2/': ['common/net/event_loop'],
  'openssl/': ['common/tls', 'tests/support'],
  'nlohmann/': ['common/json', 'common/trace', 'tests'],
  'CLI/': ['server/configuration/settings'],
  'png.h': ['server/site', 'tests'],
  'brotli/': ['server/site/compression', 'tests/server/site'],
  'zlib.h': ['server/site/compression', 'tests/server/site'],
  'linux/openat2.h': ['server/site/folder'],
  'llhttp.h': ['tests/fuzz'],
  'gtest/': ['tests'],
  'gmock/': ['tests'],
};

// What the system gives: the C++ library (no dot) and POSIX.
const system_header =
  /^([a-z_]+|(sys|net|netinet|arpa)\/[a-z_]+\.h|(unistd|fcntl|signal|poll|netdb|pthread|sched|pwd|ifaddrs|stdlib|dirent)\.h)$/;

const longest_file_lines = 500;

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

// "common/net/event_loop.cpp" lies within "common/net" and within "common/net/event_loop".
const within = (path, place) => path.startsWith(place) && /^[/.]|^$/.test(path.slice(place.length));

// A room is one folder: files in a folder below it that is no room lie nowhere.
function room_of(path) {
  const rank = ranks.findIndex((rooms) => rooms.includes(dirname(path)));
  return rank < 0 ? undefined : { name: dirname(path), rank: rank + 1 };
}

function room_include_fault(path, included) {
  const to = room_of(included);
  if (path.startsWith('tests/')) {
    if (to || within(included, 'tests/support') || dirname(included) === dirname(path)) return undefined;
    return 'a test includes rooms, tests/support and its own folder';
  }
  const from = room_of(path);
  if (!from) return undefined; // said once, by room_fault
  if (!to) return 'not a room of docs/architecture.md; includes are written from the root';
  if (to.name === from.name || to.rank < from.rank) return undefined;
  return to.rank === from.rank
    ? `${from.name} and ${to.name} are both of rank ${to.rank}: rooms of one rank do not know each other`
    : `${from.name} (rank ${from.rank}) includes downward only, ${to.name} is of rank ${to.rank}`;
}

function foreign_include_fault(path, header) {
  const home = Object.keys(homes).find((beginning) => header.startsWith(beginning));
  if (!home)
    return system_header.test(header) ? undefined : 'a third-party header without a home in this test';
  if (homes[home].some((place) => within(path, place) || within(path, `tests/${place}`))) return undefined;
  return `${home} lives in ${homes[home].join(', ')} only`;
}

function include_faults(path, text) {
  return text.split('\n').flatMap((line, index) => {
    const include = /^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)/.exec(line);
    if (!include) return [];
    const fault = include[1] ? room_include_fault(path, include[1]) : foreign_include_fault(path, include[2]);
    return fault ? [`${path}:${index + 1}: ${line.trim()}: ${fault}`] : [];
  });
}

function shape_faults(path, text) {
  const faults = [];
  const lines = text.split('\n');
  if (!path.startsWith('tests/') && /\.(h|cpp)$/.test(path) && !room_of(path)) {
    faults.push(`${path}:1: lies in no room of docs/architecture.md`);
  }
  if (path.endsWith('.h')) {
    if (!lines[0].startsWith('// ')) faults.push(`${path}:1: a header opens with a comment: what this is`);
    const first_code = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('//'));
    if (lines[first_code] !== '#pragma once')
      faults.push(`${path}:${first_code + 1}: #pragma once follows the comment`);
  }
  if (lines.length > longest_file_lines + 1) {
    // the last one is what follows the last line's end
    faults.push(
      `${path}:${longest_file_lines + 1}: longer than ${longest_file_lines} lines: split it by idea`,
    );
  }
  return faults;
}

function source_files(folder, kinds) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : source_files(path, kinds);
    return kinds.test(entry.name) ? [path] : [];
  });
}

function faults_of_all(folders, kinds, faults) {
  return folders
    .flatMap((folder) => source_files(folder, kinds))
    .flatMap((path) => faults(relative(root, join(root, path)), readFileSync(join(root, path), 'utf8')));
}

function expect_none(faults) {
  assert.ok(faults.length === 0, `\n${faults.join('\n')}`);
}

test('every include goes down a rank or to the home of its library', () => {
  expect_none(faults_of_all(['common', 'client', 'server', 'tests'], /\.(h|cpp)$/, include_faults));
});

test('every header opens with a comment and #pragma once, and no file is too long', () => {
  const kinds = /\.(h|cpp|mjs|ts|tsx|js|css|html)$/;
  expect_none(faults_of_all(['common', 'client', 'server', 'tests', 'web'], kinds, shape_faults));
});

// The rules themselves, on small examples: a check that finds nothing could be one that looks at nothing.
const caught = [
  ['common/base/log.h', '#include "common/http/request.h"', /includes downward only/],
  ['common/http/request.h', '#include "common/tls/channel.h"', /one rank/],
  ['server/site/router.cpp', '#include "router.h"', /from the root/],
  ['server/http1/session.cpp', '#include <openssl/ssl.h>', /lives in common\/tls/],
  ['server/dispatch/dispatch.cpp', '#include "server/worker.h"', /includes downward only/],
  ['common/net/socket.cpp', '#include <event2/event.h>', /lives in common\/net\/event_loop/],
  ['tests/http1/codec_test.cpp', '#include <nghttp2/nghttp2.h>', /lives in common\/http2\/nghttp2 only/],
  ['server/site/page.cpp', '#include <boost/any.hpp>', /without a home/],
];
const allowed = [
  ['common/net/event_loop.cpp', '#include <event2/event.h>'],
  ['server/main.cpp', '#include "server/worker.h"\n#include "server/lab/lane.h"'],
  [
    'common/http/date.cpp',
    '#include "common/http/date.h"\n#include <fmt/format.h>\n#include <array>\n#include <sys/socket.h>',
  ],
  [
    'tests/http1/codec_test.cpp',
    '#include "tests/support/pair.h"\n#include "common/http1/codec.h"\n#include <gtest/gtest.h>',
  ],
];

test('the check catches what breaks a border', () => {
  for (const [path, text, why] of caught) assert.match(include_faults(path, text).join(), why, path);
  for (const [path, text] of allowed) assert.deepEqual(include_faults(path, text), [], path);
  assert.match(
    shape_faults('server/rooms/x.h', '#pragma once\n').join(),
    /lies in no room.*opens with a comment/,
  );
  assert.match(
    shape_faults('common/base/x.h', '// What it is.\n#include <array>\n').join(),
    /#pragma once follows/,
  );
});
