// The picture of a status: a file of its own.
import make from './make.js';

export default function icon(status) {
  return make('img', {className: 'icon', src: status.icon, alt: '', width: 48, height: 48});
}
