import { DEEP } from '../support/depth.js';

interface Story {
  readonly title: string;
  readonly work: () => Promise<void>;
}

/** Collects stories, which `page.test.ts` runs several at a time. */
export class Teller {
  readonly stories: Story[] = [];

  story(title: string, work: () => Promise<void>): void {
    this.stories.push({ title, work });
  }

  /** A story that quick runs skip. */
  deepStory(title: string, work: () => Promise<void>): void {
    if (DEEP) this.story(title, work);
  }
}
