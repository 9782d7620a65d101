import '@testing-library/jest-dom/vitest';

// jsdom has no modal dialogs and no scrolling.
if (!HTMLDialogElement.prototype.showModal) {
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
    this.dispatchEvent(new Event('close'));
  };
}
Element.prototype.scrollBy ??= () => {};
