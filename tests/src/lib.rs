//! Tests of the workspace as a whole. The library itself is empty: the tests are the targets
//! beside it, `tidy` for the rules of the code base.
