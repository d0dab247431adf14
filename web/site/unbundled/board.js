// All cards, and which of them are shown.
import card from './card.js';
import make from './make.js';
import matches from './matches.js';

export default function makeBoard(statuses) {
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
