import { render } from 'preact';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'uplot/dist/uPlot.min.css';
import { App } from './app/app.js';
import { followLinks } from './app/router.js';
import './style.css';

const place = document.getElementById('console');
if (place === null) throw new Error('The page has no place for the console.');
place.replaceChildren();
followLinks();
render(<App />, place);
