import fc from 'fast-check';

// Use the same random cases for each mutation, so that a survivor is reproducible, and don't shrink failures.
fc.configureGlobal({ seed: 1, endOnFailure: true });
