// What Linux tells about processes and the machine, in seconds and KB. Reads /proc; knows no server.
import { existsSync, readFileSync, readdirSync } from 'node:fs';

// USER_HZ: what /proc counts in, 100 on every Linux this runs on (proc(5)).
const ticks_a_second = 100;

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}

// The numbers of /proc/PID/stat behind the name, which may hold blanks: [0] is field 3.
const stat_of = (pid) => {
  const text = read(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
};

// All processes of a session (setsid): a server's master, workers and helpers.
export function session_members(session) {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(stat_of(name)[3]) === session);
}

// User and system time of all of a session, ended children included.
export function session_cpu_s(session) {
  const ticks = session_members(session).flatMap((pid) => stat_of(pid).slice(11, 15).map(Number));
  return ticks.reduce((sum, each) => sum + each, 0) / ticks_a_second;
}

// Memory of a session's own: anonymous and shared-memory pages, a page that several processes share counted in
// parts (PSS). Pages of files are left out: how much of libcrypto a server shares changes when the client starts.
export function session_memory_kb(session) {
  const kb = (text, name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
  return session_members(session).reduce((sum, pid) => {
    const text = read(`/proc/${pid}/smaps_rollup`);
    return sum + kb(text, 'Pss_Anon') + kb(text, 'Pss_Shmem');
  }, 0);
}

// Connections established at a local port, seen from the server's side.
export function established_at(port) {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const established = '01'; // TCP_ESTABLISHED
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((path) => read(path).split('\n').slice(1))
    .filter((line) => {
      const [, local, , state] = line.trim().split(/\s+/);
      return local?.endsWith(end) && state === established;
    }).length;
}

// What all CPUs together have spent since boot: working, and waiting for a hypervisor that ran others.
export function machine_times() {
  const [, user, nice, system, , , irq, softirq, steal] = /^cpu .*/
    .exec(read('/proc/stat'))[0]
    .split(/\s+/)
    .map(Number);
  return { busy_s: (user + nice + system + irq + softirq) / ticks_a_second, steal_s: steal / ticks_a_second };
}

export const load_average = () => Number(read('/proc/loadavg').split(' ')[0]);

// "0-1,4" as [0, 1, 4].
export function cpus_of_list(text) {
  return text
    .trim()
    .split(',')
    .filter(Boolean)
    .flatMap((part) => {
      const [first, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}

// One CPU for the server and one for the client, on different cores where there are such; undefined if alone.
export function choose_cpus() {
  const allowed = cpus_of_list(/^Cpus_allowed_list:\s*(.*)/m.exec(read('/proc/self/status'))[1]);
  const siblings = cpus_of_list(
    read(`/sys/devices/system/cpu/cpu${allowed[0]}/topology/thread_siblings_list`),
  );
  const others = allowed.slice(1);
  const client = others.find((cpu) => !siblings.includes(cpu)) ?? others[0];
  return client === undefined ? undefined : { server: allowed[0], client };
}

export const processor_name = () =>
  /^model name\s*:\s*(.*)/m.exec(read('/proc/cpuinfo'))?.[1] ?? 'unknown processor';
export const has_memory_by_kind = () =>
  existsSync('/proc/self/smaps_rollup') && /^Pss_Anon:/m.test(read('/proc/self/smaps_rollup'));
