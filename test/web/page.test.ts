import { orSkip } from '../support/or-skip.js';
import { activeExports } from './stories/active-exports.js';
import { notifying } from './stories/notifying.js';
import { pastExports } from './stories/past-exports.js';
import { shownProblems } from './stories/problems.js';
import { wholeStory } from './stories/whole-story.js';
import { openWorld, type World } from './world.js';

describe('the web page', function () {
  this.timeout(120_000);
  let world: World | undefined;
  before(async function () {
    world = await orSkip(this, openWorld);
  });
  after(() => world?.close());

  const opened = (): World => {
    if (world === undefined) throw new Error('The browser and the service are not running.');
    return world;
  };
  wholeStory(opened);
  activeExports(opened);
  pastExports(opened);
  notifying(opened);
  shownProblems(opened);
});
