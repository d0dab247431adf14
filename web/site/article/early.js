// Runs before the page is shown, and so holds it up, as scripts for fonts and experiments do everywhere. This one
// remembers the size of type that the reader chose with + and -, so that the text does not jump.
'use strict';

try {
  const chosen = Number(localStorage.getItem('muxlab-type-size'));
  if (chosen >= 16 && chosen <= 32) document.documentElement.style.setProperty('--type', `${chosen}px`);
} catch {
  // Storage may be forbidden; then the size is the style's.
}
