import make from './make.js';

// Calls `changed` with what is looked for, each time that changes.
export default function makeFilter(classes, changed) {
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
