import {render} from 'preact';
import {keepLearning, learnWhatIsOffered} from './race/offer';
import * as race from './race/race';
import {setupFrom} from './race/setup';
import {Page} from './views/page';

document.addEventListener('visibilitychange', () => {
  race.hidden.value = document.hidden;
  if (document.hidden && race.running.peek() !== 'idle') race.wasHidden.value = true;
});

window.addEventListener('hashchange', () => race.choose(setupFrom(location.hash)));

keepLearning();
void learnWhatIsOffered();

const place = document.getElementById('page');
if (place) {
  place.replaceChildren();
  render(<Page />, place);
}
