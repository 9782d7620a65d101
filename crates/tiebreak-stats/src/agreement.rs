//! How far annotators, and AI judges, agree beyond chance.
