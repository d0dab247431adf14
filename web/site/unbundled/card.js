// One status code on the board.
import icon from './icon.js';
import make from './make.js';

export default function card(status) {
  return make('li', {className: 'card'},
    icon(status),
    make('h2', {}, make('b', {textContent: status.code}), ` ${status.name}`),
    make('p', {textContent: status.says}),
    make('small', {textContent: status.defined}));
}
