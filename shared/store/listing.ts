import { ServiceError } from '../errors.js';

/**
 * Enough for an upload with one part per page, or for ten million objects. A longer listing means the store is broken.
 */
const MAX_PAGES = 10_000;

export interface Listing<Page, Marker> {
  /** Name of the listing, for error messages. */
  readonly what: string;
  readonly fetchPage: (after: Marker | undefined) => Promise<Page>;
  /** Where the next page starts; undefined after the last page. */
  readonly nextMarker: (page: Page) => Marker | undefined;
}

/**
 * Reads all pages of a listing.
 * @throws ServiceError STORAGE_UNAVAILABLE if the store repeats a marker or returns more than 10,000 pages, because
 * such a listing would never end
 */
export async function* followListing<Page, Marker>(listing: Listing<Page, Marker>): AsyncGenerator<Page> {
  const seen = new Set<string>();
  let after: Marker | undefined;
  while (seen.size < MAX_PAGES) {
    const page = await listing.fetchPage(after);
    yield page;
    after = listing.nextMarker(page);
    if (after === undefined) return;
    const marker = JSON.stringify(after);
    if (seen.has(marker)) throw unending(`The file storage listed the ${listing.what} after ${marker} twice.`);
    seen.add(marker);
  }
  throw unending(`The file storage listed more than ${MAX_PAGES} pages of ${listing.what}.`);
}

const unending = (sentence: string): ServiceError => new ServiceError('STORAGE_UNAVAILABLE', sentence);
