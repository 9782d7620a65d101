//! How systems rank by comparisons of their answers, and whether a ranking says enough.
