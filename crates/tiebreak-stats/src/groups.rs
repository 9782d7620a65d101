//! Annotators who prefer differently: groups of them, and each by themselves.
