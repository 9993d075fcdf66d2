import { orSkip } from '../support/or-skip.js';
import { itTogether } from '../support/together.js';
import { activeExports } from './stories/active-exports.js';
import { notifying } from './stories/notifying.js';
import { pastExports } from './stories/past-exports.js';
import { shownProblems } from './stories/problems.js';
import { wholeStory } from './stories/whole-story.js';
import { Teller } from './teller.js';
import { openWorld, type World } from './world.js';

describe('the web page', function () {
  this.timeout(240_000);
  let world: World | undefined;
  before(async function () {
    world = await orSkip(this, openWorld);
  });
  after(() => world?.close());

  const opened = (): World => {
    if (world === undefined) throw new Error('The browser and the service are not running.');
    return world;
  };
  const teller = new Teller();
  for (const tell of [wholeStory, activeExports, pastExports, notifying, shownProblems]) tell(opened, teller);
  // Each has a browser context of its own, and mostly waits for its export.
  itTogether(teller.stories, { title: ({ title }) => title, work: ({ work }) => work(), atOnce: 3 });
});
