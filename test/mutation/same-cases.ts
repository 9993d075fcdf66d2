import fc from 'fast-check';

// The same cases for each change of the code, so that a survivor survives again; and no smaller example of a failure.
fc.configureGlobal({ seed: 1, endOnFailure: true });
