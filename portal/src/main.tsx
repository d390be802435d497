import './app/styles/base.css';
import './app/styles/frame.css';
import './app/styles/controls.css';
import './app/styles/listing.css';
import './app/styles/parts.css';
import './app/styles/finder.css';
import './app/styles/screens.css';
import { createRoot } from 'react-dom/client';
import { ConfigError, loadConfig } from './app/config';
import { startMode } from './app/mode';
import { StartError } from './app/StartError';
import { Root } from './app/Root';

startMode();
const element = document.getElementById('root');
if (element === null) throw new Error('index.html has no element #root.');
const root = createRoot(element);

try {
  const config = await loadConfig();
  root.render(<Root config={config} />);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  root.render(<StartError message={error.message} />);
}
