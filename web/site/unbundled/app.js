// The board of status codes, as its authors write it: a module for each idea. The page `bundled` has the same in one
// file, and a test holds the two together.
import makeBoard from './board.js';
import classes from './classes.js';
import makeFilter from './filter.js';
import statuses from './statuses/index.js';

const board = makeBoard(statuses);
document.getElementById('app').replaceChildren(makeFilter(classes, board.show), board.element);
