import { mount } from 'svelte';

import './base.css';
import './lib/theme.svelte';
import App from './App.svelte';
import { chooseBackend } from './ipc/choose';

const target = document.getElementById('app');
if (target) {
  const backend = await chooseBackend();
  mount(App, { target, props: { backend } });
}
