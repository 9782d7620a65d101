//! How likely each label is right, and how reliable who gave it.
