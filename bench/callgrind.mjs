// Reads what callgrind wrote (its manual, "Callgrind Format Specification"), of one kind of event: instructions.

const named = /^(c?)(ob|fn|fi|fl|fe)=(?:\((\d+)\))? ?(.*)$/;
const cost = /^(?:[+-]?\d+|0x[\da-f]+|\*) (\d+)$/;

// Names are written once, and after that by their number; those of a call's other end share the numbers.
function name_of(names, number, name) {
  if (number === undefined) return name;
  if (name !== '') names.set(number, name);
  return names.get(number);
}

// What one file says: why it was written, how many instructions there were, and in which functions, the costliest
// first. What a function calls is not counted as its own.
export function parse_callgrind(text) {
  const names = { ob: new Map(), fn: new Map() };
  const functions = new Map();
  let [object, current, of_call] = ['', undefined, false];
  for (const line of text.split('\n')) {
    const name = named.exec(line);
    if (name) {
      const [, other_end, what, number, written] = name;
      if (!names[what]) continue; // a file
      const said = name_of(names[what], number, written);
      if (other_end !== '') continue;
      if (what === 'ob') object = said;
      if (what !== 'fn') continue;
      const key = `${object} ${said}`;
      current = functions.get(key) ?? { object, name: said, instructions: 0 };
      functions.set(key, current);
    } else if (line.startsWith('calls=')) {
      of_call = true; // the next line is what was called
    } else {
      const own = cost.exec(line);
      if (own && !of_call) current.instructions += Number(own[1]);
      if (own) of_call = false;
    }
  }
  const all = [...functions.values()].filter(({ instructions }) => instructions > 0);
  return {
    trigger: /^desc: Trigger: Client Request: (.*)$/m.exec(text)?.[1],
    instructions: all.reduce((sum, { instructions }) => sum + instructions, 0),
    functions: all.sort((a, b) => b.instructions - a.instructions),
  };
}
