// A status is shown when its class is chosen, or none is, and it has the words looked for.
export default function matches(status, {words, digits}) {
  const text = `${status.code} ${status.name} ${status.says}`.toLowerCase();
  const chosen = digits.size === 0 || digits.has(Math.floor(status.code / 100));
  return chosen && words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}
