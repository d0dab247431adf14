// SIGHUP, and what the server says to it.
import { within } from './muxlab.mjs';

// What the server says next on standard error, a line.
async function next_line(server) {
  const before = server.stderr.length;
  const said = new Promise((resolve) => {
    server.child.stderr.on('data', () => {
      if (server.stderr.indexOf('\n', before) >= 0) resolve(server.stderr.slice(before).trimEnd());
    });
  });
  return within(60_000, said, () => 'the server says nothing');
}

export async function reload(server) {
  const said = next_line(server);
  server.child.kill('SIGHUP');
  return said;
}
