// Starts the closure page: reads the record out of the document and shows it.
import { render } from 'preact';
import { App } from './app.tsx';
import './page.css';
import './tables.css';
import './views.css';
import { applyTheme, loadPage } from './state.ts';
import { bannerVerdict } from './verdict-words.ts';

const [holder, payload] = ['app', 'payload'].map((id) => document.getElementById(id));

if (holder !== null && payload !== null) {
  applyTheme();
  const { regression } = loadPage(payload.textContent ?? '');
  const { baseSeed } = regression.head;
  document.title = `${bannerVerdict(regression)}, base seed ${baseSeed}: Ridgeline regression`;
  render(<App />, holder);
}
